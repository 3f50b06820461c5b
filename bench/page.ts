// A whole run as a page of the documentation.
import { toReport, type BenchmarkRun } from './report.ts';

/** Writes docs/benchmarks.md. */
export function toPage(run: BenchmarkRun): string {
  return [
    '<!-- Written by npm run bench; do not edit. -->',
    '# What the gateway costs',
    INTRODUCTION,
    toReport(run),
    '## How to read it',
    NOTES,
  ].join('\n\n');
}

const INTRODUCTION =
  '`npm run bench` starts everything itself, in about twenty minutes, prints these tables and writes this page: the gateway beside a ' +
  'program that uses the Temporal SDK directly, in turns within one run, against one development server on the same machine. ' +
  'Ratios carry over to other machines, absolute times do not. `--quick` and `--only calls,lanes` measure less and write no page; `--against TAG_OR_COMMIT` builds that version, and measures beside this one what a task takes of the processors and how many reads fifty callers get; ' +
  '`--lane activity` measures in that lane whatever does not compare lanes, and writes no page.';

const NOTES = `- The direct program runs in the process of the load generator. A call to the gateway crosses one process more: an HTTP
  request from the load generator, its parsing, the MCP call, the call to Temporal, and the way back.
- _50 callers_ share the two cores with the server that they load: what the gateway and the load generator's HTTP take, the
  server does not get. A cache that answered reads of running tasks would take less, and could be wrong, so there is none.
  Reads of finished tasks are answered from memory and ask Temporal nothing.
- The table of an empty task compares the lanes with Temporal used directly, by a workflow and by a standalone activity, and with the same
  two tools over BullMQ (\`bench/bullmq/server.ts\`): a server of the MCP SDK and a worker in one process, and a Redis that appends to its file
  once a second, where \`REDIS_SERVER\` or the path has one. It keeps a job for an hour after its end, and nothing else that a task has.
  A task in the activity lane is a raw activity and more. Where the raw activity alone takes more than 1.6 times what BullMQ takes, as it
  does with the development server, the goal against BullMQ is out of reach: that time is in Temporal's three writes of an activity.
- _Without a record_ is a start that leaves out what makes a task one: its memo, search attributes and summary. Writing them
  is the server's work, and costs the same with or without a gateway.
- _The smallest worker_ has \`NODE_OPTIONS='--max-semi-space-size=4 --max-old-space-size=96'\`; [what its memory consists of](cost.md#memory-of-a-worker).
- _Overshoot_ is how long after its end a caller knows of a task.
- What is lost, or run twice, when processes are killed is counted by \`npm run test:load\`.`;
