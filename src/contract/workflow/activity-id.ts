// The names of activities, as workflow, worker and gateway know them; they stand in histories. The id says what an activity
// is to its workflow, the type whose code it runs.

/**
 * An attempt of a task, the polls of its job, a callback about it and its cancel, the polls of what waits for an answer, following
 * a workflow and stopping it, and an attempt to send a callback.
 */
export type ActivityKind =
  'attempt' | 'poll' | 'callback' | 'cancel' | 'hold' | 'follow' | 'stop' | 'check' | 'send';

/** The id of an activity, such as `attempt-2`. */
export function toActivityId(kind: ActivityKind, attempt: number): string {
  return `${kind}-${attempt}`;
}

/** Reads an id; of one of another form, the kind is `null` and the attempt 1. */
export function parseActivityId(id: string): {
  readonly kind: ActivityKind | null;
  readonly attempt: number;
} {
  const [, kind = null, attempt = 1] =
    /^(attempt|poll|callback|cancel|hold|follow|stop|check|send)-(\d+)$/.exec(id) ?? [];
  return { kind: kind as ActivityKind | null, attempt: Number(attempt) };
}

type StepName =
  | 'submit'
  | 'poll'
  | 'callback'
  | 'cancel'
  | 'hold'
  | 'watch'
  | 'start'
  | 'follow'
  | 'stop'
  | 'check'
  | 'task';

/**
 * The activity type of a step of a job or a workflow, and of a whole task, which a worker that knows only attempts refuses. Where there is
 * only one step, the type is the operation's name, which holds no dot.
 */
export function toStepType(operation: string, step: StepName): string {
  return `${operation}.${step}`;
}

/** The activity type of an operation's attempts: that of a job is its submit, that of a workflow its start. */
export function toAttemptType(operation: string, kind: OperationKind): string {
  switch (kind) {
    case 'run':
    case 'call':
    case 'batch': // has no attempts itself
      return operation;
    case 'job':
      return toStepType(operation, 'submit');
    case 'workflow':
      return toStepType(operation, 'start');
    case 'activity':
      return operation; // the type itself is another application's
  }
}

/**
 * How an operation runs. `run`: one activity per attempt. `job`: submit, poll, cancel. `workflow`: one of another application is
 * started, followed, stopped. `activity`: one of another application per attempt. `call`: a tool of another server, whose attempt answers
 * or leaves a task there, which is polled. `batch`: a task for each item.
 */
export type OperationKind = 'run' | 'job' | 'workflow' | 'activity' | 'call' | 'batch';

export function toOperationOf(activityType: string): string {
  return activityType.replace(/\..*$/, '');
}

export function isTaskType(activityType: string): boolean {
  return activityType === toStepType(toOperationOf(activityType), 'task');
}
