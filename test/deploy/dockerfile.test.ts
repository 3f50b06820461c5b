// deploy/Dockerfile held against the repository: what it copies, starts and keeps must be there.
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';

const ROOT = new URL('../../', import.meta.url);
const read = (path: string) => readFile(new URL(path, ROOT), 'utf8');
const readManifest = async () =>
  JSON.parse(await read('package.json')) as {
    bin: { longhaul: string };
    devDependencies: { node: string };
  };

/** The instructions of a Dockerfile as `[word, rest]`, with continued lines joined and comments gone. */
function toInstructions(dockerfile: string): readonly (readonly [string, string])[] {
  const lines = dockerfile
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => [line.split(' ', 1)[0]!, line.slice(line.indexOf(' ') + 1)] as const);
}

const instructions = toInstructions(await read('deploy/Dockerfile'));
const all = (word: string) =>
  instructions.filter(([name]) => name === word).map(([, rest]) => rest);
const last = instructions.slice(instructions.findLastIndex(([name]) => name === 'FROM'));

describe('deploy/Dockerfile', () => {
  test('stands on Debian, with the Node that the project itself runs on', async () => {
    const { devDependencies } = await readManifest();
    const bases = all('FROM').map((rest) => rest.split(' ')[0]);
    expect(new Set(bases).size).toBe(1);
    const [tag, digest] = bases[0]!.split('@');
    expect(tag).toBe(`node:${devDependencies.node}-bookworm-slim`);
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('installs what the lock file says, which names the packages of every platform', async () => {
    const installs = all('RUN').filter((command) => command.startsWith('npm'));
    expect(installs.filter((command) => command.includes('install'))).toEqual([]);
    const { packages } = JSON.parse(await read('package-lock.json')) as {
      packages: Record<string, { optionalDependencies?: object; integrity?: string }>;
    };
    const names = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
      Object.keys(optionalDependencies).filter((name) => !names.has(name)),
    );
    expect(missing).toEqual([]);
    const unpinned = Object.entries(packages).filter(([path, { integrity }]) => path && !integrity);
    expect(unpinned).toEqual([]);
  });

  test('starts what package.json names, as another user than root', async () => {
    const { bin } = await readManifest();
    expect(all('ENTRYPOINT')).toEqual([`["node", "/app/${bin.longhaul}"]`]);
    expect(last.filter(([name]) => name === 'USER')).toEqual([['USER', 'node']]);
  });

  test('copies what is there, and what its ignore file lets through', async () => {
    const passes = (await read('deploy/Dockerfile.dockerignore'))
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const sources = all('COPY')
      .filter((rest) => !rest.startsWith('--from='))
      .flatMap((rest) => rest.split(' ').slice(0, -1));
    expect(sources.filter((source) => !existsSync(new URL(source, ROOT)))).toEqual([]);
    expect(new Set(sources)).toEqual(new Set(passes));
  });

  test('has in its last stage what runs: the build with its workflow bundle, no packages of development', () => {
    const copied = last.filter(([name]) => name === 'COPY').map(([, rest]) => rest);
    expect(copied).toContain('--from=build /app/dist dist');
    expect(copied).toContain('--from=packages /app/node_modules node_modules');
    expect(existsSync(new URL('dist/workflow-bundle.js', ROOT))).toBe(true);
    const stage = instructions.findIndex(([, rest]) => rest.endsWith(' AS packages'));
    expect(instructions.slice(stage).find(([name]) => name === 'RUN')?.[1]).toContain('--omit=dev');
  });

  test("keeps the SDK's binary of its own platform", async () => {
    expect(all('RUN').join('\n')).toContain('! -name "$(uname -m)-unknown-linux-gnu"');
    const releases = await readdir(new URL('node_modules/@temporalio/core-bridge/releases', ROOT));
    expect(releases).toEqual(
      expect.arrayContaining(['x86_64-unknown-linux-gnu', 'aarch64-unknown-linux-gnu']),
    );
  });
});
