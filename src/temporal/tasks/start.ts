// Starting a task. The workflow id is the idempotency key: a new key costs one call, a known one a describe more, and
// no interleaving of callers, gateways or crashes runs a request twice.
import { createCallbackRules, NO_CALLBACKS, type CallbackRules } from '../../callbacks/rules.ts';
import type { OperationKind } from '../../contract/workflow/activity-id.ts';
import type { BatchInput } from '../../contract/workflow/batch.ts';
import { OperationError, type TaskError } from '../../contract/errors.ts';
import { toTaskRef } from '../../contract/task-ref.ts';
import { toAsked } from '../../operations/input/first.ts';
import { checkJsonShape } from '../../operations/schema/parameters.ts';
import type { Operation } from '../../operations/operation.ts';
import { clampPolicy } from '../../operations/policy.ts';
import type { Registry } from '../../operations/registry.ts';
import type { Caller, Started, StartRequest } from '../../tasks/service.ts';
import type { Breakers } from '../breaker/breakers.ts';
import { toDeadline, toStartsAt } from './deadline.ts';
import { toStartError } from '../calls/failure.ts';
import { toFingerprint } from './fingerprint.ts';
import { createKey, toIdPart, toKeyPart, toWorkflowId } from '../calls/identity.ts';
import { withLimit } from '../calls/call-limit.ts';
import type { LimitedStart, Limits } from '../../limits/limits.ts';
import type { Found } from './known-tasks.ts';
import type { Lookup } from './lookup.ts';
import { planBatch, type BatchNames } from './plan-batch.ts';
import { planParameters, type ParameterOptions } from './parameters.ts';
import type { Lane, Lanes } from '../lanes/lane.ts';
import type { Plan } from '../lanes/plan.ts';
import { toInputMemo, type StartWorkflowOptions } from '../lanes/workflow/start.ts';
import { chooseLane } from '../lanes/choose.ts';

export interface StartOptions extends StartWorkflowOptions, ParameterOptions {
  readonly lanes: Lanes;
  readonly registry: Registry;
  readonly lookup: Lookup;
  /** How long a start may take to be confirmed, in milliseconds. */
  readonly startDeadlineMs: number;
  /** How long Temporal keeps what has closed, in milliseconds. */
  readonly retentionMs: number;
  /** What a principal may take. */
  readonly limits: Limits;
  /** Which operations are switched off for the moment. Default: none ever is. */
  readonly breakers?: Pick<Breakers, 'refusal'> | null;
  /** Which callbacks a caller may name. Default: none. */
  readonly callbacks?: Pick<CallbackRules, 'admit'>;
}

/** What to do instead of large parameters, for kinds where they cannot be a file: others than the worker read them. */
const TRAVELS_INLINE: Partial<Record<OperationKind, string>> = {
  activity: 'pass a reference to what is large',
  batch: 'send the items in several batches, each with an idempotency_key of its own',
};

/** The same for a task that begins later, when a file may have expired. */
const STARTS_LATER = 'start it without start_after_seconds, or pass a reference to what is large';

export function createStart(
  options: StartOptions,
): (caller: Caller, request: StartRequest) => Promise<Started> {
  const { client, lanes, registry, lookup, startDeadlineMs, nameKey, limits } = options;
  const { callbacks = createCallbackRules(NO_CALLBACKS, () => []) } = options;
  return async ({ principal }, request) => {
    const registered = registry.get(request.operation);
    const { operation, policy: full } = registered;
    checkJsonShape(request.parameters);
    const { callbackUrl, startAfterMs = 0 } = request;
    const instead =
      TRAVELS_INLINE[operation.steps.kind] ?? (startAfterMs > 0 ? STARTS_LATER : null);
    const storeParameters = planParameters(request.parameters, options, instead);
    const accepted = operation.accept(request.parameters);
    if (callbackUrl !== undefined) callbacks.admit(callbackUrl);
    const named = request.idempotencyKey ?? accepted.deriveKey();
    const key = named ?? createKey();
    const keyPart = toKeyPart(principal, key, nameKey);
    const policy = clampPolicy(full, request.maxWaitMs);
    const batch = toBatch(options, operation, request, { principal, key });
    const plan: Plan = {
      operation,
      principal,
      policy,
      keyPart,
      workflowId: toWorkflowId(principal, keyPart),
      callbacks: toCallbacks(operation, callbackUrl),
      delayMs: Math.ceil(accepted.delayMs()),
      startAfterMs,
      batch,
      asked: toAsked(accepted.askFirst(), request.inputResponses),
      memo: {
        operation: operation.name,
        key,
        fingerprint: toFingerprint(operation.name, request.parameters),
        createdAt: Date.now(),
        totalMs: policy.totalMs,
        waitedMs: 0,
        ...(startAfterMs > 0 && { startAfterMs }),
        ...(callbackUrl !== undefined && { callback: toFingerprint('callback', callbackUrl) }),
      },
    };
    const lane = chooseLane(lanes, registered, plan);
    const begin = async (): Promise<Started> => {
      // What is switched off now need not be when a task begins that starts later.
      const switchedOff =
        startAfterMs === 0
          ? options.breakers?.refusal(batch?.common.operation ?? operation.name, principal)
          : null;
      const refusal = switchedOff ?? options.files?.refusal(principal);
      if (refusal) return (await again()) ?? refuse(refusal);
      const elsewhere = named === null ? null : await findElsewhere();
      if (elsewhere) return elsewhere;
      const parameters = await storeParameters(principal);
      try {
        const runId = await withLimit(client.connection, startDeadlineMs, async () =>
          lane.start(plan, parameters),
        );
        return { task: keep(options, lane, plan, runId), deduplicated: false };
      } catch (failure) {
        if (!lane.isTaken(failure)) throw toStartError(failure, key);
        return { task: await findExisting(lookup, lane, plan), deduplicated: true };
      }
    };
    const again = async (): Promise<Started | null> => {
      const known = named === null ? null : await lookup.byId(plan.workflowId);
      return known && { task: toExisting(known, plan), deduplicated: true };
    };
    // The lane of an operation may have changed since. Each lane keeps its ids by itself.
    const findElsewhere = async (): Promise<Started | null> => {
      const other = lane === lanes.activity ? lanes.workflow : lanes.activity;
      const known =
        other &&
        (await lookup.byIdIn(other.name, plan.workflowId).catch((failure: unknown) => {
          throw toStartError(failure instanceof OperationError ? failure.cause : failure, key);
        }));
      return known && { task: toExisting(known, plan), deduplicated: true };
    };
    return limits.start(toLimitedStarts(plan), begin, again);
  };
}

/** The task, and the items that it starts at once; those after them are counted in the fleet while they run. */
function toLimitedStarts(plan: Plan): [LimitedStart, ...LimitedStart[]] {
  const { batch, memo, workflowId, operation } = plan;
  const common = { principal: toIdPart(plan.principal), startedAt: memo.createdAt };
  const items = batch?.items.slice(0, batch.concurrency).map((item) => ({
    ...common,
    workflowId: item.workflowId,
    operation: batch.common.operation,
  }));
  return [{ ...common, workflowId, operation: operation.name }, ...(items ?? [])];
}

function toBatch(
  options: StartOptions,
  { steps }: Operation,
  { parameters }: StartRequest,
  names: Pick<BatchNames, 'principal' | 'key'>,
): BatchInput | null {
  if (steps.kind !== 'batch') return null;
  const request = steps.read(parameters);
  const target = options.registry.get(request.operation);
  return planBatch(request, target, { ...options, ...names });
}

function refuse({ code, message, retryAfterMs, details }: TaskError): never {
  throw new OperationError(code, message, { retryAfterMs, details });
}

function toCallbacks({ callbacks = [] }: Operation, named: string | undefined): readonly string[] {
  const urls = callbacks.map(({ url }) => url);
  return [...new Set(named === undefined ? urls : [...urls, named])];
}

function keep(
  { lookup, retentionMs }: Pick<StartOptions, 'lookup' | 'retentionMs'>,
  { name: lane }: Lane,
  plan: Plan,
  runId: string,
): Started['task'] {
  const { memo, workflowId, keyPart } = plan;
  const input = toInputMemo(plan);
  const task: Started['task'] = {
    taskRef: toTaskRef({ lane, keyPart, runId }),
    operation: memo.operation,
    idempotencyKey: memo.key,
    createdAt: memo.createdAt,
    ...toStartsAt(memo),
    updatedAt: memo.createdAt,
    deadline: input?.until ?? toDeadline(memo, memo.createdAt),
    expiresAt: null,
    retentionMs,
    cancelRequested: false,
    state: input
      ? { status: 'input_required', attempt: null, requests: input.requests }
      : { status: 'pending', workerPresent: null },
  };
  return lookup.remember({ task, memo, lane, workflowId, runId }).task;
}

async function findExisting(lookup: Lookup, lane: Lane, plan: Plan): Promise<Started['task']> {
  const existing = await lookup.byIdIn(lane.name, plan.workflowId);
  if (existing) return toExisting(existing, plan);
  throw toStartError(
    new Error(`the ${lane.name} id is taken, yet nothing is found under it`),
    plan.memo.key,
  );
}

/** The task that a call repeats. */
function toExisting(existing: Found, { memo }: Plan): Started['task'] {
  if (existing.memo.fingerprint !== memo.fingerprint) {
    throw new OperationError(
      'IDEMPOTENCY_KEY_CONFLICT',
      `idempotency_key ${JSON.stringify(memo.key)} already names another request (${existing.memo.operation}); ` +
        'send the same operation and parameters, or another key',
      { details: { operation_type: existing.memo.operation, task_ref: existing.task.taskRef } },
    );
  }
  if (memo.callback === undefined || memo.callback === existing.memo.callback) return existing.task;
  throw new OperationError(
    'IDEMPOTENCY_KEY_CONFLICT',
    `idempotency_key ${JSON.stringify(memo.key)} names a task that was started without this callback_url, and a running ` +
      'task takes no other; leave callback_url out to get the task',
    { details: { operation_type: existing.memo.operation, task_ref: existing.task.taskRef } },
  );
}
