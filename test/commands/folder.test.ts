// What the folder that a command is started in may decide: which code runs, and where tasks are kept.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bareEnvironment, CLI, createHome } from '../support/processes/home.ts';

const LIMIT_MS = 300_000;

interface DoctorAnswer {
  readonly checks: readonly {
    readonly check: string;
    readonly ok: boolean;
    readonly detail: string;
  }[];
}

test(
  'a session takes code that it finds once `longhaul trust` has approved it',
  async () => {
    await using home = await createHome();
    await mkdir(join(home.path, 'in'));
    const file = join(home.path, 'in', 'longhaul.config.mjs');
    const ran = join(home.path, 'ran');
    await writeFile(
      file,
      `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(ran)}, '');\nexport default {};`,
    );
    const env = { XDG_STATE_HOME: join(home.path, 'state') };
    const inFolder = async (args: readonly string[]) => {
      const child = spawn(process.execPath, [CLI, ...args], {
        cwd: join(home.path, 'in'),
        env: bareEnvironment(env),
        stdio: ['pipe', 'ignore', 'pipe'],
      });
      child.stdin.end(); // a session without a message
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      const [code] = (await once(child, 'close')) as [number | null];
      return [code, stderr] as const;
    };
    // Each way in which a client may start it, as any other configuration that cannot be used is refused: on stderr, with 2.
    for (const args of [['stdio'], [], ['worker', '--background']]) {
      expect(await inFolder(args)).toEqual([2, expect.stringContaining(`longhaul trust ${file}`)]);
      expect(existsSync(ran)).toBe(false);
    }
    const approved = await home.run(['trust', file], env);
    expect([approved.exitCode, approved.stdout]).toEqual([0, expect.stringContaining('is code')]);
    expect(existsSync(ran)).toBe(false);
    expect((await inFolder(['stdio']))[0]).toBe(0);
    expect(existsSync(ran)).toBe(true);
  },
  LIMIT_MS,
);

test(
  'in a folder that is no place for data, a place of the user is taken, and one sentence says that there is none',
  async () => {
    await using home = await createHome();
    const run = (state: string) =>
      home.run(['doctor', '--json', '--port', '0'], { XDG_STATE_HOME: state }, '/');
    const good = JSON.parse((await run(join(home.path, 'state'))).stdout) as DoctorAnswer;
    const place = join(home.path, 'state/longhaul/data');
    expect(good.checks.find(({ check }) => check === 'data directory')).toMatchObject({
      ok: true,
      detail: `${place}, as / is no place for data`,
    });
    expect(existsSync('/.longhaul')).toBe(false);
    const bad = JSON.parse((await run('/dev/null/state')).stdout) as DoctorAnswer;
    const found = bad.checks.find(({ check }) => check === 'data directory');
    expect(found?.ok).toBe(false);
    expect(found?.detail.split('\n')).toEqual([
      expect.stringMatching(
        /^the data directory \/dev\/null\/state.* cannot be used: .*--data-dir$/,
      ),
    ]);
  },
  LIMIT_MS,
);

test('trust says what needs no approval, and that there is nothing', async () => {
  await using home = await createHome();
  const nothing = await home.run(['trust']);
  expect([nothing.exitCode, nothing.stderr]).toEqual([2, expect.stringContaining('name one')]);
  await writeFile(join(home.path, 'longhaul.config.yaml'), 'server: { port: 1 }\n');
  const harmless = await home.run(['trust']);
  expect([harmless.exitCode, harmless.stdout]).toEqual([
    0,
    expect.stringContaining('needs no approval'),
  ]);
});
