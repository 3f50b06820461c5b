// The queries of a Grafana dashboard, run by Prometheus's own engine over pages of metrics.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runRuleTests } from '../support/processes/promtool.ts';
import type { Sample } from './scrape.ts';

/** Every query of a dashboard, for all operations and the last five minutes. */
export async function readQueries(dashboard: URL): Promise<string[]> {
  const { panels } = JSON.parse(await readFile(dashboard, 'utf8')) as {
    readonly panels: readonly { readonly targets?: readonly { readonly expr: string }[] }[];
  };
  return panels
    .flatMap(({ targets = [] }) => targets)
    .map(({ expr }) => expr.replaceAll('$__rate_interval', '5m').replaceAll('$operation', '.*'));
}

/** What promtool says of queries that find nothing, over a page as it was first and, from a minute later on, at last. */
export async function findEmpty(
  promtool: string,
  queries: readonly string[],
  first: readonly Sample[],
  last: readonly Sample[],
): Promise<string> {
  const before = new Map(first.map(({ series, value }) => [series, value]));
  const tests = {
    rule_files: [],
    evaluation_interval: '1m',
    tests: [
      {
        interval: '1m',
        input_series: last.map(({ series, value }) => ({
          series,
          values: `${before.get(series) ?? '_'} ${String(value).replace('Infinity', 'Inf')}x5`,
        })),
        promql_expr_test: queries.map((query) => ({
          expr: `count(${query}) > bool 0`,
          eval_time: '5m',
          exp_samples: [{ labels: '{}', value: 1 }],
        })),
      },
    ],
  };
  const directory = await mkdtemp(join(tmpdir(), 'longhaul-rules-'));
  try {
    const file = join(directory, 'dashboard.json');
    await writeFile(file, JSON.stringify(tests));
    return runRuleTests(promtool, file);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
