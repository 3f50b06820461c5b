// The official conformance suite against the built CLI with the embedded server: what both protocol revisions require,
// and every scenario of the tasks extension. What fails stands in expected-failures.yml, with its reason, or here.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import {
  EXPECTED_FAILURES,
  readScenarios,
  REVISIONS,
  runRequirements,
  toFailures,
  type Revision,
  type SuiteRun,
} from './run-suite.ts';
import {
  startConformanceGateway,
  type ConformanceGateway,
} from '../support/processes/conformance-gateway.ts';

const LIMIT_MS = 900_000;

const source = readFileSync(EXPECTED_FAILURES, 'utf8');
const expected = (parse(source) as { server: string[] }).server;

let gateway: ConformanceGateway;
const runs = new Map<Revision, SuiteRun>();

beforeAll(async () => {
  gateway = await startConformanceGateway();
  for (const revision of REVISIONS) runs.set(revision, await runPatiently(revision));
}, LIMIT_MS);

afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
}, LIMIT_MS);

/** The suite waits half a second for some answers, which a busy machine may not keep: what is wrong is wrong each time. */
async function runPatiently(revision: Revision): Promise<SuiteRun> {
  const run = await runRequirements(gateway.url, revision);
  return run.exitCode === 0 ? run : runRequirements(gateway.url, revision);
}

const failuresOf = (revision: Revision, scenario: string) =>
  toFailures(runs.get(revision)?.checks.get(scenario));

/** Those that no line of expected-failures.yml excuses: a scenario, or `<scenario>:<check>`. */
const unexpectedOf = (revision: Revision, scenario: string) =>
  failuresOf(revision, scenario).filter(
    (failure) => !expected.includes(`${scenario}:${failure.split(':', 1)[0]!}`),
  );

describe.each(REVISIONS)('what %s requires', (revision) => {
  const { required } = readScenarios(revision);
  test.each(required.filter((scenario) => !expected.includes(scenario)))('%s', (scenario) => {
    expect(unexpectedOf(revision, scenario)).toEqual([]);
  });

  test('is met but for the expected failures, as the suite itself sees it', () => {
    const { exitCode, output } = runs.get(revision)!;
    expect([exitCode, exitCode === 0 ? '' : output.slice(-4000)]).toEqual([0, '']);
  });
});

describe('the tasks extension', () => {
  const scenarios = readScenarios('2026-07-28').extra.filter((name) => name.startsWith('tasks-'));

  test('has its ten scenarios in the suite', () => {
    expect(scenarios).toHaveLength(10);
  });

  test.each(scenarios)('%s', (scenario) => {
    expect(failuresOf('2026-07-28', scenario)).toEqual([]);
  });
});

describe('headers of requests', () => {
  test.each(['http-header-validation'])('%s', (scenario) => {
    expect(failuresOf('2026-07-28', scenario)).toEqual([]);
  });
});

describe('an expected failure', () => {
  test.each(expected)('%s still fails', (entry) => {
    const [scenario = '', check = ''] = entry.split(':');
    const failures = REVISIONS.filter((revision) =>
      readScenarios(revision).required.includes(scenario),
    ).flatMap((revision) => failuresOf(revision, scenario));
    expect(failures.filter((failure) => failure.startsWith(check))).not.toEqual([]);
  });

  test('has its reason in the line', () => {
    const entries = source.split('\n').filter((line) => line.trimStart().startsWith('- '));
    expect(entries).toHaveLength(expected.length);
    for (const entry of entries) expect(entry).toMatch(/^ {2}- [a-z0-9:-]+ # [a-z].{9}/);
  });

  test('is of no scenario of the tasks extension', () => {
    expect(expected.filter((entry) => entry.startsWith('tasks-'))).toEqual([]);
  });
});
