// `npm run bench:agents`: what an agent pays for a slow operation, by a blocking tool and by Longhaul. Writes
// docs/agents-bench.md and docs/images/agents-bench.svg.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { createHome } from '../../test/support/processes/home.ts';
import { startLonghaul } from '../../test/support/processes/longhaul.ts';
import { toMeasuredOn, writePage } from '../../tools/docs/measured-page.ts';
import { startBlockingServer } from './blocking.ts';
import { takeHabits, type Course as HabitCourse } from './habits.ts';
import { toPage } from './page.ts';
import { toPlot } from './plot.ts';
import { takeThrift, type Thrift } from './thrift.ts';
import { SCENARIOS, startUpstream, type Scenario } from './scenarios.ts';
import { takeCourse, WAYS, type Course, type Endpoints, type Way } from './ways.ts';

const PLOT = new URL('../../docs/images/agents-bench.svg', import.meta.url);
const CONFIGURATION = fileURLToPath(new URL('longhaul.config.yaml', import.meta.url));

const { courses, habits, thrift } = await measure();
const page = await writePage('agents-bench.md', toPage(courses, habits, thrift, toMeasuredOn()));
await writeFile(PLOT, toPlot(courses));
process.stdout.write(`Wrote ${page} and its plot.\n`);

/** Goes every way through every scenario, all at the same time. */
async function measure(): Promise<{
  readonly courses: readonly Course[];
  readonly habits: readonly HabitCourse[];
  readonly thrift: readonly Thrift[];
}> {
  await using upstream = await startUpstream();
  await using blocking = await startBlockingServer(upstream.url);
  await using home = await createHome();
  const flags = ['--config', CONFIGURATION, '--port', '0', '--data-dir', home.dataDirectory];
  const env = { UPSTREAM_URL: upstream.url };
  await using gateway = await startLonghaul('dev', flags, { cwd: home.path, env });
  const endpoints = { blockingUrl: blocking.mcpUrl, gatewayUrl: gateway.mcpUrl };
  await warmUp(endpoints);
  process.stderr.write('Measuring, about four minutes ...\n');
  const courses = await Promise.all(
    (Object.keys(SCENARIOS) as Scenario[]).flatMap((scenario) =>
      (Object.keys(WAYS) as Way[]).map((way) => takeCourse(scenario, way, endpoints)),
    ),
  );
  const habits = await takeHabits(gateway.mcpUrl);
  await using other = await createHome();
  await using unbound = await startLonghaul(
    'dev',
    ['--config', CONFIGURATION, '--port', '0', '--data-dir', other.dataDirectory],
    { cwd: other.path, env: { ...env, LONGHAUL_ANSWER_BUDGET_TOKENS: '0' } },
  );
  const thrift = await takeThrift({ ...endpoints, unboundUrl: unbound.mcpUrl });
  await unbound.stop();
  await gateway.stop();
  return { courses, habits, thrift };
}

/** The first call of a process pays for code that is loaded when it is first used. */
async function warmUp(endpoints: Endpoints): Promise<void> {
  for (const way of Object.keys(WAYS) as Way[]) {
    await takeCourse('failing', way, endpoints, `warm-up-${way}`);
  }
}
