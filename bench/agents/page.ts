// The courses as a page.
import type { MeasuredOn } from '../../tools/docs/measured-page.ts';
import { HABITS, type Course as HabitCourse } from './habits.ts';
import type { Thrift } from './thrift.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';
import { WAYS, type Course, type Way } from './ways.ts';

/** Writes docs/agents-bench.md. */
export function toPage(
  courses: readonly Course[],
  habits: readonly HabitCourse[],
  thrift: readonly Thrift[],
  run: MeasuredOn,
): string {
  const rows = (Object.keys(SCENARIOS) as Scenario[]).flatMap((scenario) =>
    (Object.keys(WAYS) as Way[]).flatMap((way) =>
      courses
        .filter((course) => course.scenario === scenario && course.way === way)
        .map((course) => toRow(course)),
    ),
  );
  return [
    '<!-- Written by npm run bench:agents; do not edit. -->',
    '# What waiting costs an agent',
    INTRODUCTION,
    '![Time until the agent knows, by scenario and way](images/agents-bench.svg)',
    toTable(HEAD, rows),
    NOTES,
    '## Models with habits',
    HABITS_INTRODUCTION,
    toTable(HABITS_HEAD, habits.map(toHabitRow)),
    '## What a context pays for',
    THRIFT_INTRODUCTION,
    toTable(THRIFT_HEAD, thrift.map(toThriftRow)),
    THRIFT_NOTES,
    `Measured on ${run.at.slice(0, 10)}, ${run.machine}, everything on one machine, the scenarios at the same time, the rest after them. ` +
      '`npm run bench:agents` measures again, in about four minutes, and writes this page and the plot.',
  ].join('\n\n');
}

const HEAD = [
  'scenario',
  'way',
  'handle after',
  'agent knows after',
  'what it knows',
  'left after that',
  'calls of the model',
  'requests to the server',
  'tokens',
  'tokens read',
];

const INTRODUCTION =
  'The scenarios with which background tasks for agents are usually explained, at the level of tools: the same upstream behind ' +
  'a tool that blocks until the upstream answers, and behind a gateway of Longhaul. The model is scripted, so that every course ' +
  'is the same each time; the MCP client is a real one and gives a call 60 s, its default.';

const NOTES = `- _Blocking tool_: one call that lasts as long as the API does. After 60 s the client gives up, and neither handle nor result is left.
- _Pair, polled by the model_: \`initiate_background_task\`, then \`resolve_task_status\` whenever \`poll_after_ms\` is over. Each look is a turn.
- _Pair, with \`wait_seconds\`_: the same, but the gateway holds each look for up to 25 s and answers as soon as the task is done.
- _\`longhaul/client\`_: the program around the model waits; the model makes one call and reads one result. By the pair it lets the
  gateway hold its looks; over native tasks it calls the operation's own tool and lets the gateway hold \`tasks/get\`.
- _Tokens_ are those of all calls and answers, each counted once (o200k_base); _tokens read_ counts them for every turn that has
  them in its context, which is what is paid for without a cache. The definitions of tools and the system prompt are left out.
- The unresponsive API is cut short by the policy of its operation, 30 s; a blocking tool has the client's timeout alone.`;

const HABITS_INTRODUCTION =
  'Scripted models over the pair, each with a habit of its own, and each with the slow API of 15 s to wait for. All come to the ' +
  'result; what differs is what they pay. `test/agents/policies.test.ts` says what stops each.';

const HABITS_HEAD = ['the model', 'result', 'turns', 'calls', 'tokens', 'tokens read'];

function toHabitRow({ habit, hasResult, conversation }: HabitCourse): string[] {
  const { turns, calls, tokens, tokensRead } = conversation;
  return [
    HABITS[habit],
    hasResult ? 'yes' : 'no',
    ...[turns, calls, tokens, tokensRead].map(String),
  ];
}

const THRIFT_INTRODUCTION =
  'Scripted models that read the list of tools and the answers, and are told nothing else, over the pair with its answer budget of ' +
  '5,000 tokens unless it says otherwise.';

const THRIFT_HEAD = [
  'what is wanted',
  'way',
  'result',
  'turns',
  'calls',
  'tokens',
  'tokens read',
  'seen after the end',
];

const THRIFT_NOTES = `- _One field of a result of 1 MB_: it stands behind everything else. The blocking tool answers with all of it. Without a budget
  the answer names a file, and the model reads that as a resource until the field is there. With one it is shown the shape, and
  calls \`read_task_result\` with the path.
- _100 items_: an API that answers at once. A task for each is 100 calls in one turn, and the results of all in the next; a batch is
  one call, and a look at its end with a preview of the result, which has its counts and its failures.
- _Polling an API of 10 s_: the model comes back when \`poll_after_ms\` says, before anybody knows how long such tasks take, and
  after twenty of them, five at a time. Calls include the start.`;

function toThriftRow({ matter, way, hasResult, conversation, lateMs }: Thrift): string[] {
  const { turns, calls, tokens, tokensRead } = conversation;
  return [
    matter,
    way,
    hasResult ? 'yes' : 'no',
    ...[turns, calls, tokens, tokensRead].map(String),
    lateMs === null ? '–' : `${(lateMs / 1000).toFixed(1)} s`,
  ];
}

function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function toRow(course: Course): string[] {
  const { scenario, way, handleMs, endMs, end, left, modelCalls, requests } = course;
  return [
    SCENARIOS[scenario],
    WAYS[way],
    handleMs === null ? '–' : `${Math.round(handleMs)} ms`,
    `${(endMs / 1000).toFixed(1)} s`,
    end,
    left,
    ...[modelCalls, requests, course.tokens, course.tokensRead].map(String),
  ];
}
