import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { createMachine, NO_DOWNLOAD } from './machine.ts';
import { packArchive, PINNED, serve, writeExecutable, writeGo, writePython } from './fake-cli.ts';

describe('an executable that is not the pinned one', () => {
  test.each(['archive', 'wheel'])(
    'in the %s is never run, and the build follows',
    async (source) => {
      await using machine = await createMachine();
      const traitor = `touch '${join(machine.path, 'ran')}'; echo '${PINNED}'`;
      const archive = packArchive(machine.path, traitor);
      await using site = await serve((_, response) => response.end(archive));
      writePython(join(machine.bin, 'python3'), traitor);
      writeGo(join(machine.bin, 'go'));
      await machine.find({}, source === 'archive' ? site.url : NO_DOWNLOAD);
      expect(machine.lines.join('\n')).toMatch(
        /the SHA-256 of \S+ is [0-9a-f]{64}, expected [0-9a-f]{64}; it was not run/,
      );
      expect(existsSync(join(machine.bin, 'go.builds'))).toBe(true);
      expect(existsSync(join(machine.path, 'ran'))).toBe(false);
    },
  );

  test.each(['downloaded', 'built'])('in the place of the %s one is not run', async (origin) => {
    await using machine = await createMachine();
    if (origin === 'built') writeGo(join(machine.bin, 'go'));
    else writePython(join(machine.bin, 'python3'));
    const { file } = await machine.find();
    writeExecutable(file, `touch '${join(machine.path, 'ran')}'; echo '${PINNED}'`);
    expect((await machine.find()).version).toBe('1.9.1');
    expect(readFileSync(file, 'utf8')).not.toContain('touch');
    expect(existsSync(join(machine.path, 'ran'))).toBe(false);
  });

  test('is not taken from a file that others can write', async () => {
    await using machine = await createMachine();
    writePython(join(machine.bin, 'python3'));
    const { file } = await machine.find();
    chmodSync(file, 0o777);
    await machine.find();
    expect(statSync(file).mode & 0o777).toBe(0o755);
    chmodSync(file, 0o777);
    writeExecutable(join(machine.bin, 'python3'), 'exit 1');
    await expect(machine.find()).rejects.toThrow(
      `cache: ${file} can be changed by other users; it was not run`,
    );
  });

  test('is not taken from a folder that everybody can write in', async () => {
    await using machine = await createMachine();
    writePython(join(machine.bin, 'python3'));
    await machine.find();
    chmodSync(machine.cache, 0o777);
    await expect(machine.find()).rejects.toThrow(
      `${machine.cache} can be changed by other users; nothing there is run`,
    );
  });
});

test('what helps to get the CLI sees its own settings, and no secret', async () => {
  await using machine = await createMachine();
  const python = writePython(join(machine.bin, 'python3'), 'exit 1');
  const go = writeGo(join(machine.bin, 'go'));
  await machine.find({
    UPSTREAM_TOKEN: 'secret',
    TEMPORAL_API_KEY: 'secret',
    https_proxy: 'http://proxy.example:3128',
    PIP_INDEX_URL: 'https://index.example/simple',
    GOPROXY: 'https://modules.example',
  });
  const seen = (file: string) => readFileSync(`${file}.env`, 'utf8').split('\n');
  expect(seen(python)).toContain('PIP_INDEX_URL=https://index.example/simple');
  expect(seen(go)).toContain('GOPROXY=https://modules.example');
  for (const file of [python, go]) {
    expect(seen(file)).toContain('https_proxy=http://proxy.example:3128');
    expect(seen(file).join()).not.toContain('secret');
  }
});
