import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { findTemporalCli, type TemporalCli } from '../../../src/temporal/embedded/index.ts';
import {
  packArchive,
  PINNED,
  serve,
  writeCli,
  writeExecutable,
  writeGo,
} from '../../support/fake-cli.ts';
import {
  createTemporaryDirectory,
  type TemporaryDirectory,
} from '../../support/temporary-directory.ts';

/** Port 1 is nobody's: a network without the download. */
const NO_DOWNLOAD = 'http://127.0.0.1:1';

/** A machine with an empty PATH and an empty cache. */
interface Machine extends AsyncDisposable {
  readonly path: string;
  readonly bin: string;
  readonly cache: string;
  readonly lines: string[];
  find(
    env?: Record<string, string>,
    downloadUrl?: string,
    signal?: AbortSignal,
  ): Promise<TemporalCli>;
}

async function createMachine(): Promise<Machine> {
  const directory = await createTemporaryDirectory();
  const bin = join(directory.path, 'bin');
  const lines: string[] = [];
  return {
    path: directory.path,
    bin,
    cache: join(directory.path, 'cache', 'longhaul'),
    lines,
    find: (env = {}, downloadUrl = NO_DOWNLOAD, signal) =>
      findTemporalCli({
        env: { PATH: bin, XDG_CACHE_HOME: join(directory.path, 'cache'), ...env },
        report: (line) => lines.push(line),
        downloadUrl,
        signal,
      }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

describe('the configured CLI', () => {
  test('comes before every other', async () => {
    await using machine = await createMachine();
    writeCli(join(machine.bin, 'temporal'), PINNED);
    const file = writeCli(
      join(machine.path, 'mine'),
      'temporal version 0.0.0-DEV (Server 1.32.0, UI 2.53.1)',
    );
    expect(await machine.find({ LONGHAUL_TEMPORAL_CLI: file })).toEqual({
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
    expect((await machine.find()).version).toBe('1.8.2');
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
    expect(cli).toMatchObject({ version: '1.8.2', serverVersion: '1.31.2' });
    expect(cli.file).toMatch(/longhaul\/temporal-cli-1\.8\.2-(linux|darwin)-(amd64|arm64)$/);
    expect(machine.lines[0]).toMatch(/^Downloading Temporal CLI 1\.8\.2 \(\d+ MB\), once/);
    expect(await machine.find({}, site.url)).toEqual(cli);
    expect(requests).toEqual([
      expect.stringMatching(/^\/v1\.8\.2\?platform=(linux|darwin)&arch=(amd64|arm64)$/),
    ]);
  });

  test('follows a redirect', async () => {
    await using machine = await createMachine();
    await using site = await serve((request, response) => {
      if (request.url === '/file') response.end(archive);
      else response.writeHead(302, { location: '/file' }).end();
    });
    expect((await machine.find({}, site.url)).version).toBe('1.8.2');
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
    expect(readdirSync(machine.cache).sort()).toEqual([
      cli.file.split('/').at(-1),
      'temporal-cli.lock',
    ]);
  });
});

describe('the build', () => {
  test('compiles the pinned module without C and stamps the version', async () => {
    await using machine = await createMachine();
    const go = writeGo(join(machine.bin, 'go'));
    expect(await machine.find()).toMatchObject({ version: '1.8.2', serverVersion: '1.31.2' });
    const build = readFileSync(`${go}.builds`, 'utf8');
    expect(build).toMatch(/^0 build -trimpath -ldflags -s -w -X \S+\.Version=1\.8\.2 -o /);
    expect(machine.lines[0]).toMatch(/^Building Temporal CLI 1\.8\.2 with Go: about four minutes/);
  });

  test('replaces a cached file that does not run', async () => {
    await using machine = await createMachine();
    writeGo(join(machine.bin, 'go'));
    const { file } = await machine.find();
    writeFileSync(file, 'half a file');
    expect((await machine.find()).version).toBe('1.8.2');
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
    while (machine.lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    abort.abort(new Error('no patience'));
    await expect(finding).rejects.toThrow('no patience');
    expect(readdirSync(machine.cache)).toEqual(['temporal-cli.lock']);
  });
});

test('without any of them, one error says what was tried, why it failed and what helps', async () => {
  await using machine = await createMachine();
  const failed = await machine.find().catch((error: unknown) => (error as Error).message);
  expect(failed).toMatch(/temporal on PATH: not found\n {2}- cache: .* is not there\n/);
  expect(failed).toMatch(/download: http:\/\/127\.0\.0\.1:1\/v1\.8\.2\?\S+ \S/);
  expect(failed).toMatch(/build: Go is not installed/);
  expect(failed).toMatch(/brew install temporal\n.*cli\.sh \| sh.*\n.*go\.dev\/dl/);
  expect(existsSync(join(machine.cache, 'temporal-cli.lock'))).toBe(true);
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
