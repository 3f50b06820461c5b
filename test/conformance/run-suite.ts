// The official conformance suite as a process, and what it found.
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

const root = new URL('../../', import.meta.url);
const PROGRAM = 'node_modules/@modelcontextprotocol/conformance/dist/index.js';

/** The failures that are expected, each with its reason. */
export const EXPECTED_FAILURES = fileURLToPath(
  new URL('test/conformance/expected-failures.yml', root),
);

/** The protocol revisions whose requirements are held. */
export const REVISIONS = ['2025-11-25', '2026-07-28'] as const;
export type Revision = (typeof REVISIONS)[number];

/** One statement of a scenario. */
export interface Check {
  readonly id: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  readonly errorMessage?: string;
}

/** A run of the suite. */
export interface SuiteRun {
  readonly exitCode: number;
  readonly output: string;
  /** What was checked, by scenario. */
  readonly checks: ReadonlyMap<string, readonly Check[]>;
}

/** Longest run, in milliseconds. */
const RUN_MS = 400_000;

/** The scenarios of a revision: those that count, and those that are run beside them. */
export function readScenarios(revision: Revision): {
  readonly required: readonly string[];
  readonly extra: readonly string[];
} {
  const file = `node_modules/@modelcontextprotocol/conformance/requirements/${revision}.yaml`;
  const { server, not_scored } = parse(readFileSync(new URL(file, root), 'utf8')) as {
    server: string[];
    not_scored: { scenario: string; leg: string }[];
  };
  const extra = not_scored.filter(({ leg }) => leg === 'server').map(({ scenario }) => scenario);
  return { required: server, extra };
}

/** Runs what a revision requires, and what is run beside it, against a server. */
export async function runRequirements(url: string, revision: Revision): Promise<SuiteRun> {
  await using directory = await createTemporaryDirectory();
  const args = [
    ...['--import', new URL('longer-timeouts.ts', import.meta.url).href],
    fileURLToPath(new URL(PROGRAM, root)),
    'server',
    ...['--url', url, '--requirements', revision],
    ...['--expected-failures', EXPECTED_FAILURES, '-o', directory.path],
  ];
  const { exitCode, output } = await new Promise<Pick<SuiteRun, 'exitCode' | 'output'>>(
    (resolve) => {
      const options = { timeout: RUN_MS, killSignal: 'SIGKILL', maxBuffer: 2 ** 26 } as const;
      const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
        const code = error === null ? 0 : (child.exitCode ?? -1);
        resolve({ exitCode: code, output: `${stdout}\n${stderr}` });
      });
    },
  );
  const checks = new Map<string, readonly Check[]>();
  for (const folder of await readdir(directory.path)) {
    const scenario = /^server-(.+?)-\d{4}-\d{2}-\d{2}T/.exec(folder)?.[1];
    if (scenario === undefined) continue;
    const text = await readFile(join(directory.path, folder, 'checks.json'), 'utf8').catch(
      () => '[]',
    );
    checks.set(scenario, JSON.parse(text) as Check[]);
  }
  return { exitCode, output, checks };
}

/** What a scenario did not pass, a line each. */
export function toFailures(checks: readonly Check[] | undefined): readonly string[] {
  if (checks === undefined || checks.length === 0) return ['it did not run to its end'];
  return checks
    .filter(({ status }) => status === 'FAILURE' || status === 'WARNING')
    .map(({ id, errorMessage }) => `${id}: ${errorMessage ?? ''}`);
}
