// An in-memory task service, typed as the port: it keeps tasks and wakes waiters, and never runs anything. Tests move
// a task with `set` and make the next calls fail with `failWith`.
import { randomUUID } from 'node:crypto';
import { OperationError, type TaskError } from '../../../src/contract/errors.ts';
import type { InputResponses } from '../../../src/contract/input.ts';
import { toTaskRef } from '../../../src/contract/task-ref.ts';
import type { Usual } from '../../../src/contract/task.ts';
import { isDone, type Progress, type Task, type TaskState } from '../../../src/contract/task.ts';
import { toAsked } from '../../../src/operations/input/first.ts';
import { clampPolicy } from '../../../src/operations/policy.ts';
import type { Registry } from '../../../src/operations/registry.ts';
import type { Caller, TaskService } from '../../../src/tasks/service.ts';

/** The port, and the strings that a test pulls. */
export interface FakeTasks extends TaskService {
  /** Moves a task and wakes all calls that wait for it. */
  set(taskRef: string, state: TaskState): void;
  /** Moves a task unless it has ended; returns whether it did. */
  advance(taskRef: string, state: TaskState): boolean;
  /** What every call fails with from now on; `null` ends it. */
  failWith(thrown: unknown): void;
  /** What the next answer to a question is refused with, once. */
  refuseInput(thrown: Error): void;
  /** Every set of answers that was taken. */
  readonly provided: readonly InputResponses[];
  /** Operations that are switched off, each with the reason. */
  readonly off: Map<string, TaskError>;
  /** How long tasks of an operation usually take. */
  readonly usuals: Map<string, Usual>;
  /** How many tasks were started. */
  readonly started: number;
  /** How many waits are running. */
  readonly waiting: number;
  /** Resolves when a wait has begun. */
  whenWaiting(): Promise<void>;
  /** Every caller so far. */
  readonly callers: readonly Caller[];
}

interface Entry {
  task: Task;
  readonly principal: string;
  readonly fingerprint: string;
}

const NOT_FOUND = 'no task of yours has this task_ref';

/** Creates an empty service over the operations of a registry. */
export function createFakeTasks(registry: Registry): FakeTasks {
  const entries = new Map<string, Entry>();
  const changed = new EventTarget();
  const callers: Caller[] = [];
  const provided: InputResponses[] = [];
  let failure: unknown = null;
  let refusal: Error | null = null;
  let waiting = 0;

  const enter = (caller: Caller): void => {
    callers.push(caller);
    if (failure !== null) throw failure as Error;
  };
  const find = (caller: Caller, taskRef: string): Entry => {
    const entry = entries.get(taskRef);
    if (entry?.principal !== caller.principal)
      throw new OperationError('TASK_NOT_FOUND', NOT_FOUND);
    return entry;
  };
  const move = (entry: Entry, state: TaskState): void => {
    const updatedAt = Date.now();
    const expiresAt = isDone(state) ? updatedAt + 172_800_000 : null;
    entry.task = { ...entry.task, state, updatedAt, expiresAt };
    changed.dispatchEvent(new Event(entry.task.taskRef));
  };

  const off = new Map<string, TaskError>();
  const usuals = new Map<string, Usual>();
  const self: FakeTasks = {
    off,
    refusal: (_, operation) => off.get(operation) ?? null,
    usuals,
    usual: (operation) => usuals.get(operation) ?? null,
    start: async (caller, request) => {
      const { operation, parameters, idempotencyKey, inputResponses } = request;
      const { maxWaitMs, startAfterMs } = request;
      enter(caller);
      const found = registry.get(operation);
      const accepted = found.operation.accept(parameters);
      const key = idempotencyKey ?? randomUUID();
      const fingerprint = JSON.stringify([operation, parameters]);
      const known = [...entries.values()].find(
        (entry) => entry.principal === caller.principal && entry.task.idempotencyKey === key,
      );
      if (known && known.fingerprint !== fingerprint) {
        throw new OperationError('IDEMPOTENCY_KEY_CONFLICT', `key ${key} names another request`);
      }
      if (known) return { task: known.task, deduplicated: true };
      const asked = toAsked(accepted.askFirst(), inputResponses);
      const requests = asked?.requests ?? {};
      if (inputResponses) provided.push(inputResponses);
      const createdAt = Date.now();
      const task: Task = {
        taskRef: toTaskRef({ lane: 'workflow', keyPart: `k${entries.size}`, runId: randomUUID() }),
        operation,
        idempotencyKey: key,
        createdAt,
        ...(startAfterMs !== undefined && { startsAt: createdAt + startAfterMs }),
        updatedAt: createdAt,
        deadline: createdAt + clampPolicy(found.policy, maxWaitMs).totalMs,
        expiresAt: null,
        retentionMs: 172_800_000,
        cancelRequested: false,
        state:
          Object.keys(requests).length > 0
            ? { status: 'input_required', attempt: null, requests }
            : { status: 'pending', workerPresent: null },
      };
      entries.set(task.taskRef, { task, principal: caller.principal, fingerprint });
      return { task, deduplicated: false };
    },
    read: async (caller, taskRef) => {
      enter(caller);
      return find(caller, taskRef).task;
    },
    wait: async (caller, taskRef, waitMs, onProgress) => {
      enter(caller);
      const entry = find(caller, taskRef);
      waiting += 1;
      changed.dispatchEvent(new Event('wait'));
      try {
        return await new Promise<Task>((resolve, reject) => {
          const end = (): void => {
            clearTimeout(timer);
            changed.removeEventListener(taskRef, check);
          };
          const check = (): void => {
            const { state } = entry.task;
            if (state.status === 'processing' && state.progress) onProgress?.(state.progress);
            if (!isDone(state) && state.status !== 'input_required') return;
            end();
            resolve(entry.task);
          };
          const timer = setTimeout(() => {
            end();
            resolve(entry.task);
          }, waitMs);
          changed.addEventListener(taskRef, check);
          const abandon = (): void => {
            end();
            reject(new Error('the caller went away'));
          };
          if (caller.signal?.aborted) abandon();
          caller.signal?.addEventListener('abort', abandon, { once: true });
          check();
        });
      } finally {
        waiting -= 1;
        changed.dispatchEvent(new Event('wait'));
      }
    },
    waitForMany: async (caller, taskRefs, waitFor, waitMs) => {
      enter(caller);
      const find = (taskRef: string) => {
        const entry = entries.get(taskRef);
        return entry?.principal === caller.principal ? entry.task : null;
      };
      const known = taskRefs.flatMap((taskRef) => find(taskRef) ?? []);
      const enough = new AbortController();
      const signal = AbortSignal.any([enough.signal, ...(caller.signal ? [caller.signal] : [])]);
      const waits = known.map(async ({ taskRef }) =>
        self.wait({ ...caller, signal }, taskRef, waitMs),
      );
      if (waitFor === 'all') await Promise.all(waits);
      else if (known.length > 0) await Promise.race(waits);
      enough.abort(); // the others wait no longer, and no timer of theirs keeps the process
      return taskRefs.map(find);
    },
    cancel: async (caller, taskRef, reason) => {
      enter(caller);
      const entry = find(caller, taskRef);
      const { state } = entry.task;
      if (isDone(state)) return { task: entry.task, cancellation: 'already_finished' };
      entry.task = { ...entry.task, cancelRequested: true };
      if (state.status === 'processing') {
        move(entry, state);
        return { task: entry.task, cancellation: 'requested' };
      }
      const error = {
        code: 'CANCELLED',
        message: reason ?? 'cancelled',
        retryable: false,
      } as const;
      move(entry, { status: 'failed', error, attempt: null });
      return { task: entry.task, cancellation: 'confirmed' };
    },
    provideInput: async (caller, taskRef, responses) => {
      enter(caller);
      const entry = find(caller, taskRef);
      const { state } = entry.task;
      if (state.status !== 'input_required') return entry.task;
      if (refusal) {
        const thrown = refusal;
        refusal = null;
        throw thrown;
      }
      provided.push(responses);
      const left = Object.entries(state.requests).filter(([key]) => !Object.hasOwn(responses, key));
      move(
        entry,
        left.length === 0
          ? { status: 'processing', attempt: (state.attempt ?? 0) + 1, progress: null }
          : { ...state, requests: Object.fromEntries(left) },
      );
      return entry.task;
    },
    list: async (caller, { status, operation, idempotencyKey, limit, cursor = '0' }) => {
      enter(caller);
      if (!/^\d+$/.test(cursor)) {
        throw new OperationError('INVALID_PARAMETERS', 'cursor: not one of this server');
      }
      const all = [...entries.values()]
        .filter(({ principal }) => principal === caller.principal)
        .map(({ task }) => task)
        .filter((task) => status === undefined || task.state.status === status)
        .filter((task) => operation === undefined || task.operation === operation)
        .filter((task) => idempotencyKey === undefined || task.idempotencyKey === idempotencyKey)
        .reverse();
      const end = Number(cursor) + limit;
      return {
        tasks: all.slice(Number(cursor), end),
        nextCursor: end < all.length ? String(end) : null,
      };
    },
    askUpstream: async (caller, { upstream }) => {
      enter(caller);
      throw new OperationError('UPSTREAM_UNAVAILABLE', `upstream ${upstream} is not there`);
    },
    set: (taskRef, state) => {
      const entry = entries.get(taskRef);
      if (!entry) throw new Error(`no task ${taskRef}`);
      move(entry, state);
    },
    advance: (taskRef, state) => {
      const entry = entries.get(taskRef);
      if (!entry || isDone(entry.task.state)) return false;
      move(entry, state);
      return true;
    },
    failWith: (thrown) => {
      failure = thrown;
    },
    refuseInput: (thrown) => {
      refusal = thrown;
    },
    provided,
    get started() {
      return entries.size;
    },
    get waiting() {
      return waiting;
    },
    whenWaiting: () =>
      new Promise((resolve) => {
        const check = (): void => {
          if (waiting === 0) return;
          changed.removeEventListener('wait', check);
          resolve();
        };
        changed.addEventListener('wait', check);
        check();
      }),
    callers,
  };
  return self;
}

/** Progress of a running attempt, as a state. */
export function toProcessing(progress: Progress | null = null, attempt = 1): TaskState {
  return { status: 'processing', attempt, progress };
}
