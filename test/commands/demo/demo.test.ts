// The demo as its user runs it, and what it leaves behind: nothing.
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import type { CommandContext } from '../../../src/assembly/context.ts';
import { demo } from '../../../src/commands/demo/demo.ts';
import { start, STORY, type Step, type Story } from '../../../src/commands/demo/story.ts';
import { toWrapStory } from '../../../src/commands/demo/wrap-story.ts';
import { findTestCli } from '../../support/temporal/server.ts';
import { createTemporaryDirectory } from '../../support/files/temporary-directory.ts';
import { createWorkspace } from '../../support/files/workspace.ts';

const EVERYTHING = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/dist/index.js',
);
const CLI = fileURLToPath(new URL('../../../src/cli.ts', import.meta.url));

/** The story takes 35 s on an idle machine. */
const STORY_MS = 240_000;

describe('longhaul demo', () => {
  test(
    'tells the whole story, with settings of the surroundings kept out',
    async () => {
      await using folder = await createTemporaryDirectory();
      const child = await runDemo(folder.path, {
        LONGHAUL_PORT: 'no port',
        TEMPORAL_ADDRESS: '127.0.0.1:1',
      });
      const { lines, code } = await child.ended;
      const text = lines.join('\n');
      for (const title of Object.keys(STORY)) expect(text).toContain(title);
      expect(lines.at(-1)).toMatch(/^Every one of the \d+ steps held, in \d+ s\.$/);
      expect(text).not.toContain('\u001b');
      expect(code).toBe(0);
      expect(await readdir(folder.path)).toEqual([]);
    },
    STORY_MS,
  );

  test(
    'ends at a Ctrl-C, with 1, and leaves no process and no file',
    async () => {
      await using folder = await createTemporaryDirectory();
      const child = await runDemo(folder.path, {});
      const uiUrl = await child.untilLine(/Temporal UI.* (http\S+)$/);
      await child.untilLine(/a handle|handle comes/);
      child.interrupt();
      const { lines, code } = await child.ended;
      expect(lines.at(-1)).toBe('Interrupted.');
      expect(code).toBe(1);
      expect(await readdir(folder.path)).toEqual([]);
      await expect(fetch(uiUrl)).rejects.toThrow('fetch failed');
    },
    STORY_MS,
  );

  test(
    'ends with 1 at a claim that does not hold, and says what there was instead',
    async () => {
      const wrong: Step = async (scene) => {
        await scene.product.kill();
        scene.hold('the moon is made of cheese', false, { made_of: 'rock' });
      };
      const story = { 'A start': start, 'Something that is not so': wrong, 'Never told': start };
      const { code, text } = await tell(story, CLI);
      expect(code).toBe(1);
      expect(text).toContain('✗ the moon is made of cheese\n      got instead: {"made_of":"rock"}');
      expect(text).toMatch(/Step 2 failed: Something that is not so\n$/);
      expect(text).not.toContain('Never told');
    },
    STORY_MS,
  );

  test(
    'with --wrap finds what a slow tool of a server from npm has answered, after its client gave up',
    async () => {
      const { code, text } = await tell(toWrapStory([process.execPath, EVERYTHING]), CLI);
      expect(text).toContain('✓ report-7 completed on attempt 1: the server was called once');
      expect(text).toContain('Long running operation completed. Duration: 12 seconds');
      expect(code).toBe(0);
    },
    STORY_MS,
  );

  test('shows the last lines of the log where longhaul dev does not start', async () => {
    const { code, text } = await tell({ 'A start': start }, '/nowhere/cli.js');
    expect(code).toBe(1);
    expect(text).toContain('✗ longhaul dev ended while it started');
    expect(text).toMatch(/The last lines of longhaul dev:\n[^]*Cannot find module/);
  });

  test('shows them also where they come after its output has ended', async () => {
    const late =
      "require('node:fs').closeSync(1); setTimeout(() => console.error('too late'), 200);";
    await using workspace = await createWorkspace({ 'cli.cjs': late });
    const { text } = await tell({ 'A start': start }, join(workspace.directory, 'cli.cjs'));
    expect(text).toMatch(/The last lines of longhaul dev:\n[^]*too late/);
  });
});

/** Tells a story in this process. */
async function tell(
  story: Story,
  cliFile: string,
): Promise<{ readonly code: number; readonly text: string }> {
  const cli = await findTestCli();
  const written: string[] = [];
  const output = { isTTY: false, write: (text: string) => written.push(text) > 0 };
  const context: CommandContext = {
    env: { ...process.env, LONGHAUL_TEMPORAL_CLI: cli.file },
    workingDirectory: process.cwd(),
    stdin: process.stdin,
    protocol: process.stdout,
    stdout: output,
    stderr: output,
    interrupted: new AbortController().signal,
    cliFile,
  };
  return { code: await demo(context, story), text: written.join('') };
}

interface RunningDemo {
  readonly ended: Promise<{ readonly lines: readonly string[]; readonly code: number | null }>;
  /** The first group of the first line that matches; the line may have been printed already. */
  untilLine(pattern: RegExp): Promise<string>;
  interrupt(): void;
}

/** Runs the demo with its temporary files in `folder`. */
async function runDemo(folder: string, env: Record<string, string>): Promise<RunningDemo> {
  const cli = await findTestCli();
  const child: ChildProcessByStdio<null, Readable, null> = spawn(process.execPath, [CLI, 'demo'], {
    cwd: folder,
    env: { ...process.env, TMPDIR: folder, LONGHAUL_TEMPORAL_CLI: cli.file, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const reader = createInterface({ input: child.stdout });
  const lines: string[] = [];
  reader.on('line', (line) => lines.push(line));
  const exit = once(child, 'exit');
  const read = once(reader, 'close');
  return {
    ended: Promise.all([exit, read]).then(([[code]]) => ({ lines, code: code as number | null })),
    untilLine: async (pattern) => {
      for (;;) {
        const match = lines.map((line) => pattern.exec(line)).find((found) => found !== null);
        if (match) return match[1] ?? match[0];
        await once(reader, 'line');
      }
    },
    interrupt: () => child.kill('SIGINT'),
  };
}
