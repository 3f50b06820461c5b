// The official conformance suite against a server that no one here wrote, directly and wrapped: where its outcomes differ stands in
// docs/wrap.md, with the reason.
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { freePort } from '../../src/local/ports.ts';
import { bareEnvironment, CLI, createHome, type Home } from '../support/processes/home.ts';
import { REVISIONS, runRequirements, toFailures, type Revision } from './run-suite.ts';

const LIMIT_MS = 900_000;
const EVERYTHING = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);

let home: Home;
const children: ChildProcess[] = [];

/** Starts a server over HTTP; resolves to its address once it answers. */
async function start(
  run: (port: string) => readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const port = String(await freePort());
  const options = { cwd: home.path, env: bareEnvironment({ ...env, PORT: port }) };
  children.push(spawn(process.execPath, run(port), { ...options, stdio: 'ignore' }));
  const url = `http://127.0.0.1:${port}/mcp`;
  const isThere = async () =>
    fetch(url).then(
      () => true,
      () => false,
    );
  while (!(await isThere())) await sleep(100);
  return url;
}

beforeAll(async () => {
  home = await createHome();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await home[Symbol.asyncDispose]();
}, LIMIT_MS);

/** Whether each scenario passes. */
async function runSuite(url: string, revision: Revision): Promise<ReadonlyMap<string, boolean>> {
  const { checks } = await runRequirements(url, revision);
  return new Map([...checks].map(([name, found]) => [name, toFailures(found).length === 0]));
}

/** The rows of the table in docs/wrap.md, without their reasons. */
function readDocumented(): string[] {
  const text = readFileSync(new URL('../../docs/wrap.md', import.meta.url), 'utf8');
  const rows = text.matchAll(
    /^\| (\S+) +\| `(\S+)` +\| (passes|fails) +\| (passes|fails) +\| \S/gm,
  );
  return [...rows].map(([, ...cells]) => cells.join(' '));
}

test(
  'the outcomes differ where docs/wrap.md says so, and nowhere else',
  async () => {
    const flags = ['--data-dir', home.dataDirectory, '--log-level', 'error'];
    const server = [process.execPath, EVERYTHING];
    const [direct, wrapped] = await Promise.all([
      start(() => [EVERYTHING, 'streamableHttp'], {}),
      start((port) => [CLI, 'wrap', '--http', '--port', port, ...flags, '--', ...server], {
        XDG_STATE_HOME: home.path,
      }),
    ]);
    const toWord = (passes: boolean | undefined) => (passes ? 'passes' : 'fails');
    const differing: string[] = [];
    for (const revision of REVISIONS) {
      const [before, after] = await Promise.all([
        runSuite(direct, revision),
        runSuite(wrapped, revision),
      ]);
      expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
      for (const [scenario, passes] of before) {
        const [first, second] = [toWord(passes), toWord(after.get(scenario))];
        if (first !== second) differing.push(`${revision} ${scenario} ${first} ${second}`);
      }
    }
    expect(differing.sort()).toEqual(readDocumented().sort());
  },
  LIMIT_MS,
);
