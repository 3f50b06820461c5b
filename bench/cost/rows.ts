// What the price list has a row for: tasks of each kind that can be in both lanes, then those that are workflows.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lane } from '../../src/contract/lane.ts';
import type { McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { TEXT } from '../setting.ts';

/** How a gateway and its worker are set up; see longhaul.config.ts. */
export type Setup = 'plain' | 'encrypted' | 'without fairness';

export interface Row {
  readonly name: string;
  readonly lanes: readonly Lane[];
  readonly setup: Setup;
  /** Whether all of its tasks run at once, since most of their time they wait; otherwise one after the other. */
  readonly isTogether: boolean;
  /** Runs one task. */
  readonly run: (caller: McpCaller) => Promise<unknown>;
}

/** Longer than its 90 heartbeats, in milliseconds. */
const BEATING_MS = 93_000;

/** Until a worker runs it, in milliseconds. */
const BEGUN_MS = 200;

const text = { text: TEXT };
const initiate = async (caller: McpCaller, operation_type: string, others: object = {}) =>
  caller.call('initiate_background_task', { operation_type, parameters: text, ...others });
const finish =
  (operation: string, others: object = {}) =>
  (caller: McpCaller) =>
    initiate(caller, operation, { wait_seconds: 25, ...others });

const inBoth = (name: string, run: Row['run'], how: Partial<Row> = {}): Row => ({
  ...{ name, run, lanes: ['workflow', 'activity'], setup: 'plain', isTogether: false },
  ...how,
});

const ofWorkflow = (name: string, run: Row['run']): Row =>
  inBoth(name, run, { lanes: ['workflow'] });

export const ROWS: readonly Row[] = [
  inBoth('an attempt', finish('empty')),
  inBoth('the same, encrypted', finish('empty'), { setup: 'encrypted' }),
  inBoth('the same, without a fairness key', finish('empty'), { setup: 'without fairness' }),
  inBoth('the same, with an idempotency key', (caller) =>
    finish('empty', { idempotency_key: crypto.randomUUID() })(caller),
  ),
  inBoth('a start that is repeated', finish('empty', { idempotency_key: 'the-same' })),
  inBoth('an HTTP request', finish('request')),
  inBoth('a call of a wrapped MCP server', finish('nothing')),
  inBoth('a result of 200 KB', finish('sized', { parameters: { bytes: 200_000 } })),
  inBoth('a result of 300 KB, kept in a file', finish('sized', { parameters: { bytes: 300_000 } })),
  inBoth('an attempt that starts a second later', finish('empty', { start_after_seconds: 1 }), {
    isTogether: true,
  }),
  inBoth('a failed attempt and a second one', finish('retried')),
  inBoth('an attempt that is cancelled', cancel),
  inBoth('an attempt of 90 heartbeats', beat, { isTogether: true }),
  ofWorkflow('a job of 10 polls', finish('job')),
  ofWorkflow('a workflow of yours, of one timer', finish('ordered')),
  ofWorkflow('an activity of yours', finish('scheduled')),
  ofWorkflow('an attempt that asks once', ask),
  ofWorkflow('an attempt and a callback', finish('reported')),
  ofWorkflow(
    'a batch of 10 attempts',
    finish('batch', {
      parameters: { operation: 'empty', items: Array(10).fill({ parameters: text }) },
    }),
  ),
];

async function ask(caller: McpCaller): Promise<void> {
  const { task_ref } = await finish('approval', { parameters: { question: 'May it?' } })(caller);
  const decision = { action: 'accept', content: { approve: true } };
  await caller.call('provide_task_input', { task_ref, responses: { decision } });
  await caller.call('resolve_task_status', { task_ref, wait_seconds: 25 });
}

async function cancel(caller: McpCaller): Promise<void> {
  const { task_ref } = await initiate(caller, 'pausing', { parameters: { ms: 100_000 } });
  await sleep(BEGUN_MS);
  await caller.call('cancel_background_task', { task_ref });
}

async function beat(caller: McpCaller): Promise<void> {
  const { task_ref } = await initiate(caller, 'beating');
  await sleep(BEATING_MS);
  await caller.call('resolve_task_status', { task_ref, wait_seconds: 25 });
}
