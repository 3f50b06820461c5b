// How a worker reports to its observer: the sinks and interceptors of the Temporal SDK that see tasks and attempts. The observer
// makes metrics and spans of them.
import type { Payload } from '@temporalio/common';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { Info } from '@temporalio/activity';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Sinks, WorkflowInfo } from '@temporalio/workflow';
import type { ActivityTask } from '../../contract/activity/task.ts';
import { isTaskType, parseActivityId, toOperationOf } from '../../contract/workflow/activity-id.ts';
import { DELIVERY_ACTIVITIES, type SendInput } from '../../contract/workflow/callback.ts';
import type {
  ObservationSink,
  RunningActivity,
  TaskEnd,
  TaskReports,
  WorkerObserver,
} from '../../contract/workflow/observation.ts';
import { WORKFLOW_TYPE, type AttemptInput } from '../../contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../contract/task-ref.ts';
import type { TraceContext } from '../../contract/trace.ts';
import { toTaskRefOf } from './log-fields.ts';
import { readTrace, toTrace, toTraceHeaders } from './trace-header.ts';

/** What an observed workflow reports, without what its context adds. */
const PLAIN_REPORTS = [
  'attemptEnded',
  'repeated',
  'asked',
  'callbackSent',
  'callbackEnded',
] as const satisfies readonly (keyof ObservationSink)[];

/** Hands the calls of an observed workflow to the observer; not while a history is replayed. */
export function createSinks(observer: WorkerObserver): InjectedSinks<Sinks> {
  const taskEnded = (
    { workflowId, firstExecutionRunId }: WorkflowInfo,
    end: TaskEnd,
    header: Payload | null,
  ) => {
    const taskRef = toWorkflowTaskRef(workflowId, firstExecutionRunId);
    observer.taskEnded(end, taskRef, header && readTrace(header));
  };
  const plain = PLAIN_REPORTS.map((name) => {
    const fn = (_: WorkflowInfo, ...reported: unknown[]) => {
      (observer[name] as (...reported: unknown[]) => void)(...reported);
    };
    return [name, { fn, callDuringReplay: false }] as const;
  });
  const observation = {
    taskEnded: { fn: taskEnded, callDuringReplay: false },
    ...Object.fromEntries(plain),
  };
  return { observation };
}

/** Runs every activity within what the observer puts around it. */
export function createObservingInterceptor(observer: WorkerObserver): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: async (call, next) => {
        const trace = toTrace(call.headers);
        const queuedMs = Math.max(0, Date.now() - info.currentAttemptScheduledTimestampMs);
        if (info.activityType === DELIVERY_ACTIVITIES.send) {
          const { task } = call.args[0] as SendInput;
          const taskRef = toWorkflowTaskRef(task.workflowId, task.runId);
          const { activityType: type, activityId } = info;
          const { attempt } = parseActivityId(activityId);
          const sending = { type, isAttempt: false, attempt, queuedMs, taskRef, trace };
          return observer.run(sending, () => next(call));
        }
        if (!info.inWorkflow && isTaskType(info.activityType)) {
          const [task] = call.args as [ActivityTask];
          const reports = createTaskReports(observer, info, task, { queuedMs, trace });
          return next({ ...call, args: [task, reports] });
        }
        if (info.workflowType !== WORKFLOW_TYPE) return next(call);
        const input = (call.args[0] ?? {}) as Partial<AttemptInput>;
        const activity: RunningActivity = {
          type: info.activityType,
          isAttempt: parseActivityId(info.activityId).kind === 'attempt',
          attempt: input.attempt ?? 1,
          queuedMs,
          taskRef: toTaskRefOf(info, input),
          trace,
        };
        return observer.run(activity, () => next(call));
      },
    },
  });
}

/** The reports of a task that is one activity, as those of a workflow. */
function createTaskReports(
  observer: WorkerObserver,
  info: Info,
  { startAfterMs = 0 }: ActivityTask,
  { queuedMs, trace }: Pick<RunningActivity, 'queuedMs' | 'trace'>,
): TaskReports {
  const operation = toOperationOf(info.activityType);
  const taskRef = toTaskRefOf(info);
  return {
    run: async (attempt, run) =>
      observer.run({ type: operation, isAttempt: true, attempt, queuedMs, taskRef, trace }, run),
    attemptEnded: (code) => {
      observer.attemptEnded({ operation, code });
    },
    repeated: (repetition) => {
      observer.repeated(operation, repetition);
    },
    taskEnded: (code) => {
      const endedAt = Date.now();
      const tookMs = Math.max(0, endedAt - info.scheduledTimestampMs - startAfterMs);
      observer.taskEnded({ operation, code, tookMs, endedAt }, taskRef, trace);
    },
  };
}

/** Sends the current trace context along with the start of a task. */
export function createTraceInterceptor(
  current: () => TraceContext | null,
): WorkflowClientInterceptor {
  return {
    startWithDetails: async (input, next) => {
      const headers = { ...input.headers, ...toTraceHeaders(current()) };
      return next({ ...input, headers });
    },
  };
}
