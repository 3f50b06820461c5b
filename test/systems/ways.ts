// The ways to a task, for an agent that goes on through every failure: each starts a task under a key, and reads how it stands.
import {
  RefusedError,
  type Era,
  type McpCaller,
  type PairAnswer,
} from '../support/clients/mcp-caller.ts';

/** A way to a task: by the control tools, polling or waiting within calls, or by native tasks of either generation. */
export type WayName = 'control' | 'control, waiting' | 'extension' | '2025-11-25 tasks';

/** How a task stands, as far as the claims need it. */
export interface Standing {
  /** `true` when it has ended. */
  readonly done: boolean;
  /** `completed`, `failed`, or where it is on its way. */
  readonly status: string;
  /** The code of a failure, where this way shows it. */
  readonly code: string | null;
  readonly attempt: number | null;
  /** By Temporal's record, in milliseconds since the epoch; `null` where this way does not show it. */
  readonly updatedAt: number | null;
  /** Pause before the next read, in milliseconds. */
  readonly pauseMs: number;
  /** A hint that the formula does not give; `null` where it does. */
  readonly wrongHint: string | null;
}

/** What is to be started. */
export interface Request {
  /** The operation. */
  readonly kind: string;
  readonly id: string;
  readonly seconds: number;
}

/** What a way calls with. */
export type Calls = Pick<McpCaller, 'call' | 'request'>;

/** One way, over a caller of its era. */
interface Way {
  readonly era: Era;
  /** Starts, or finds, the task of a request; returns its handle, and how it stands where the answer says so. */
  start(caller: Calls, request: Request): Promise<{ handle: string; standing: Standing | null }>;
  read(caller: Calls, handle: string): Promise<Standing>;
}

/** Refusals that say to send the same again. */
export const AGAIN = /BACKEND_UNAVAILABLE|SUBMISSION_UNCONFIRMED/;

/** The defaults of the configuration's `polling` group. */
/** `polling.maxIntervalMs` of the configuration. */
const LONGEST_HINT_MS = 30_000;

/** Pause between two reads of a native task, in milliseconds. */
const NATIVE_PAUSE_MS = 500;

const WITH_TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

/** What a native way says of a task. */
interface NativeTask {
  readonly taskId: string;
  readonly status: string;
  readonly statusMessage?: string;
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { text: string }[] };
}

export const WAYS: Readonly<Record<WayName, Way>> = {
  control: byControlTools({}),
  'control, waiting': byControlTools({ wait_seconds: 25 }),
  extension: {
    era: 'modern',
    start: async (caller, request) => {
      const answer = await caller.request('tools/call', toTool(request), WITH_TASKS);
      checkRefusal(answer);
      // A repeated call whose task has ended meanwhile is answered with the result itself.
      const handle =
        answer['resultType'] === 'task'
          ? (answer as unknown as NativeTask).taskId
          : await findHandle(caller, request.id);
      return { handle, standing: null };
    },
    read: async (caller, taskId) => {
      const answer = await caller.request('tasks/get', { taskId }, WITH_TASKS);
      const { status, result } = answer as unknown as NativeTask;
      if (status !== 'completed' || result?.isError !== true) return toNative(status, null);
      const [, code = null] = /"code":"([A-Z_]+)"/.exec(result.content?.[0]?.text ?? '') ?? [];
      return toNative('failed', code);
    },
  },
  '2025-11-25 tasks': {
    era: 'legacy',
    start: async (caller, request) => {
      const answer = await caller.request('tools/call', { ...toTool(request), task: {} });
      checkRefusal(answer);
      return { handle: (answer['task'] as NativeTask).taskId, standing: null };
    },
    read: async (caller, taskId) => {
      const answer = await caller.request('tasks/get', { taskId });
      const { status, statusMessage = '' } = answer as unknown as NativeTask;
      const [, code = null] = /^([A-Z_]+): /.exec(statusMessage) ?? [];
      return toNative(status, status === 'failed' ? code : null);
    },
  },
};

/** Every answer is held against the formula of its hint. */
function byControlTools(wait: { readonly wait_seconds?: number }): Way {
  const ask = async (caller: Calls, tool: string, args: object) => {
    const answer = await caller.call(tool, args);
    const standing: Standing = {
      done: answer.poll_after_ms === null,
      status: answer.status,
      code: answer.error?.code ?? null,
      attempt: answer.attempt ?? null,
      updatedAt: answer.updated_at === undefined ? null : Date.parse(answer.updated_at),
      pauseMs: 'wait_seconds' in wait ? 0 : (answer.poll_after_ms ?? 0),
      wrongHint: checkHint(answer),
    };
    return { handle: answer.task_ref, standing };
  };
  return {
    era: 'modern',
    start: async (caller, { kind, id, seconds }) => {
      const request = { operation_type: kind, parameters: { id, seconds }, idempotency_key: id };
      return ask(caller, 'initiate_background_task', request);
    },
    read: async (caller, task_ref) =>
      (await ask(caller, 'resolve_task_status', { task_ref, ...wait })).standing,
  };
}

/** What is learned of an operation decides the hint, within its bounds. */
function checkHint({ poll_after_ms: hint }: PairAnswer): string | null {
  if (hint === null || (hint > 0 && hint <= LONGEST_HINT_MS)) return null;
  return `${hint} is not in 1 to ${LONGEST_HINT_MS}`;
}

function toTool({ kind, id, seconds }: Request): { name: string; arguments: object } {
  return { name: kind, arguments: { id, seconds, idempotency_key: id } };
}

function toNative(status: string, code: string | null): Standing {
  return {
    done: ['completed', 'failed', 'cancelled'].includes(status),
    status,
    code,
    attempt: null,
    updatedAt: null,
    pauseMs: NATIVE_PAUSE_MS,
    wrongHint: null,
  };
}

/** A call of a tool is refused by a result that is an error; one of a task that has ended may look alike. */
function checkRefusal(answer: Readonly<Record<string, unknown>>): void {
  const text = JSON.stringify(answer);
  if (answer['isError'] === true && AGAIN.test(text)) throw new RefusedError(text);
}

async function findHandle(caller: Calls, idempotency_key: string): Promise<string> {
  const answer = await caller.call('list_background_tasks', { idempotency_key });
  const [found] = (answer as unknown as { tasks: readonly { task_ref: string }[] }).tasks;
  if (!found)
    throw new Error(`no task has the key ${idempotency_key}, though its call was answered`);
  return found.task_ref;
}
