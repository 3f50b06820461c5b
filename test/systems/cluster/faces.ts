// The three ways to a task, for an agent that must go on through every failure: each starts a task under a key, and reads how it stands.
import { RefusedError, type McpCaller } from '../../support/clients/mcp-caller.ts';

/** A way to a task. */
export type FaceName = 'pair' | 'extension' | '2025-11-25 tasks';

/** How a task stands, as far as the claims need it. */
export interface Standing {
  /** `true` when it has ended. */
  readonly done: boolean;
  /** `completed`, `failed`, or where it is on its way. */
  readonly status: string;
  /** The code of a failure, where this face tells it. */
  readonly code: string | null;
}

/** What is to be started. */
export interface Request {
  /** The operation. */
  readonly kind: string;
  readonly id: string;
  readonly seconds: number;
}

/** What a face calls with. */
type Calls = Pick<McpCaller, 'call' | 'request'>;

/** One face, over a caller of its era. */
export interface Face {
  readonly era: 'modern' | 'legacy';
  /** Starts, or finds, the task of a request; returns its handle. */
  start(caller: Calls, request: Request): Promise<string>;
  read(caller: Calls, handle: string): Promise<Standing>;
}

const WITH_TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };

const toTool = ({ kind, id, seconds }: Request) => ({
  name: kind,
  arguments: { id, seconds, idempotency_key: id },
});

/** Refusals that say to send the same again. */
export const AGAIN = /BACKEND_UNAVAILABLE|SUBMISSION_UNCONFIRMED/;

/** What a native face says of a task. */
interface NativeTask {
  readonly taskId: string;
  readonly status: string;
  readonly statusMessage?: string;
  readonly result?: { readonly isError?: boolean; readonly content?: readonly { text: string }[] };
}

export const FACES: Readonly<Record<FaceName, Face>> = {
  pair: {
    era: 'modern',
    start: async (caller, { kind, id, seconds }) => {
      const request = { operation_type: kind, parameters: { id, seconds }, idempotency_key: id };
      return (await caller.call('initiate_background_task', request)).task_ref;
    },
    read: async (caller, task_ref) => {
      const { status, error } = await caller.call('resolve_task_status', { task_ref });
      const done = status === 'completed' || status === 'failed';
      return { done, status, code: error?.code ?? null };
    },
  },
  extension: {
    era: 'modern',
    start: async (caller, request) => {
      const answer = await caller.request('tools/call', toTool(request), WITH_TASKS);
      checkRefusal(answer);
      // A repeated call whose task has ended meanwhile is answered with the result itself.
      return answer['resultType'] === 'task'
        ? (answer as unknown as NativeTask).taskId
        : findHandle(caller, request.id);
    },
    read: async (caller, taskId) => {
      const answer = await caller.request('tasks/get', { taskId }, WITH_TASKS);
      const { status, result } = answer as unknown as NativeTask;
      if (status !== 'completed') return { done: isNativeEnd(status), status, code: null };
      const [, code = null] = /"code":"([A-Z_]+)"/.exec(result?.content?.[0]?.text ?? '') ?? [];
      return result?.isError === true
        ? { done: true, status: 'failed', code }
        : { done: true, status, code: null };
    },
  },
  '2025-11-25 tasks': {
    era: 'legacy',
    start: async (caller, request) => {
      const answer = await caller.request('tools/call', { ...toTool(request), task: {} });
      checkRefusal(answer);
      return (answer['task'] as NativeTask).taskId;
    },
    read: async (caller, taskId) => {
      const answer = await caller.request('tasks/get', { taskId });
      const { status, statusMessage = '' } = answer as unknown as NativeTask;
      const [, code = null] = /^([A-Z_]+): /.exec(statusMessage) ?? [];
      return { done: isNativeEnd(status), status, code: status === 'failed' ? code : null };
    },
  },
};

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

function isNativeEnd(status: string): boolean {
  return ['completed', 'failed', 'cancelled'].includes(status);
}
