// The task service over Temporal: the implementation of the port that every face calls. It keeps no state of its own
// but caches; any number of gateways may run it side by side.
import type { KeyObject } from 'node:crypto';
import type { Targets } from '../../operations/targets.ts';
import { createDurations } from '../../tasks/durations.ts';
import type { TaskService } from '../../tasks/service.ts';
import { createTakeCallback, type CallbackReceipt, type CallbackRequest } from './called-back.ts';
import { createCancel } from './cancel.ts';
import { createActivityLane } from '../lanes/activity/lane.ts';
import { createTaskIndexes } from '../lanes/task-index.ts';
import type { Lanes } from '../lanes/lane.ts';
import { createWorkflowLane } from '../lanes/workflow/lane.ts';
import type { TraceContext } from '../../contract/trace.ts';
import { toPrincipalPart } from '../calls/identity.ts';
import { createCountOpen } from './count-open.ts';
import { createLimits, UNLIMITED } from '../../limits/limits.ts';
import type { LimitRules } from '../../limits/options.ts';
import { noteLastDurations } from './last-durations.ts';
import { createList } from './list.ts';
import { createLongPolls } from './long-polls.ts';
import { createLookup } from './lookup.ts';
import { createProvideInput } from './provide-input.ts';
import { CALL_LIMITS, type CallLimits } from './call-limits.ts';
import { createStart, type StartOptions } from './start.ts';
import { createTargetStates } from './target-state.ts';
import { createAskUpstream } from '../upstreams/ask.ts';
import { createWait } from './wait.ts';
import { createWaitForMany } from './wait-for-many.ts';
import { createWorkerPresence } from '../calls/worker-presence.ts';

export interface TaskServiceOptions extends Omit<
  StartOptions,
  'nameKey' | 'lanes' | 'lookup' | 'limits'
> {
  readonly namespace: string;
  /** Whether the server has standalone activities. Default: it has not. */
  readonly hasActivityLane?: boolean;
  /** The trace that a task is started in. Default: none. */
  readonly currentTrace?: (() => TraceContext | null) | null;
  /** Whether a worker is known to run although it may not poll yet. Default: none is. */
  readonly isWorkerStarting?: () => boolean;
  /** Turns idempotency keys into names that say nothing. Default: a name is the idempotency key, where it can be. */
  readonly nameKey?: KeyObject | null;
  /** What a principal may take of this gateway. Default: whatever it asks for. */
  readonly limits?: LimitRules;
  /** Whether it asks Temporal at once how long the last tasks took. Default: it learns from those that it sees end. */
  readonly learns?: boolean;
  /** Workflows of others. Default: tasks follow none. */
  readonly targets?: Pick<Targets, 'read' | 'answer'> | null;
  /** How long calls wait for Temporal and its workers. Default: `CALL_LIMITS`, short enough for an agent. */
  readonly callLimits?: CallLimits;
}

/** A task service that also waits for the process itself. */
export interface TemporalTasks extends TaskService {
  /** `wait`, without taking one of the waits that the caller may have at once. */
  readonly waitUnlimited: TaskService['wait'];
  /** Hands what an upstream sent over to the task whose job it is about; durable when it resolves. */
  readonly takeCallback: (request: CallbackRequest) => Promise<CallbackReceipt>;
}

export function createTaskService(options: TaskServiceOptions): TemporalTasks {
  const { client, namespace, retentionMs, nameKey = null, callLimits = CALL_LIMITS } = options;
  const { readMs } = callLimits;
  const { hasActivityLane = false, currentTrace = null } = options;
  const laneOptions = { ...options, nameKey, readMs, currentTrace };
  const lanes: Lanes = {
    workflow: createWorkflowLane(laneOptions),
    activity: hasActivityLane ? createActivityLane(laneOptions) : null,
  };
  const indexes = createTaskIndexes({ client, namespace, hasActivityLane });
  const longPolls = createLongPolls({
    poll: async (run, ...more) => (lanes[run.lane] ?? lanes.workflow).closings.poll(run, ...more),
  });
  const limits = options.limits
    ? createLimits(options.limits, createCountOpen(client, indexes))
    : UNLIMITED;
  const durations = createDurations();
  if (options.learns) {
    const names = options.registry.all.map(({ operation }) => operation.name);
    void noteLastDurations(client, indexes, names, durations).catch(() => undefined);
  }
  const targets = createTargetStates(options.registry, options.targets ?? null);
  const lookup = createLookup({
    lanes,
    retentionMs,
    isWorkerPresent: createWorkerPresence(client, namespace, options.isWorkerStarting),
    readTarget: targets.read,
    usual: (operation) => durations.usual(operation),
    onEnd: ({ workflowId, task }, endedAt) => {
      const { taskRef, operation, createdAt: startedAt, startsAt = startedAt, state } = task;
      if (state.status === 'completed') durations.note(operation, taskRef, endedAt - startsAt);
      limits.end({
        principal: toPrincipalPart(workflowId),
        operation,
        workflowId,
        startedAt,
        endedAt,
      });
    },
  });
  const waitUnlimited = createWait(lookup, longPolls, UNLIMITED, targets);
  return {
    refusal: ({ principal }, operation) => options.breakers?.refusal(operation, principal) ?? null,
    usual: (operation) => durations.usual(operation),
    start: createStart({ ...options, nameKey, lanes, lookup, limits }),
    read: async ({ principal }, taskRef) => (await lookup.byRef(principal, taskRef)).task,
    wait: createWait(lookup, longPolls, limits, targets),
    waitUnlimited,
    waitForMany: createWaitForMany(waitUnlimited, limits),
    cancel: createCancel(client, lanes, lookup, longPolls, callLimits),
    provideInput: createProvideInput(client, lookup, targets, callLimits),
    takeCallback: createTakeCallback(
      client,
      options.registry,
      options.installationKey,
      callLimits.readMs,
    ),
    askUpstream: createAskUpstream(client, options.taskQueue),
    list: createList({ ...options, indexes, nameKey, limitMs: readMs }, lookup),
  };
}
