// The names of activities, as workflow, worker and gateway know them; they stand in histories. The id says what an activity
// is to its workflow, the type whose code it runs.

/** An attempt of a task, the polls of its job and the job's cancel, and an attempt to send a callback. */
export type ActivityKind = 'attempt' | 'poll' | 'cancel' | 'send';

/** The id of an activity, such as `attempt-2`. */
export function toActivityId(kind: ActivityKind, attempt: number): string {
  return `${kind}-${attempt}`;
}

/** Reads an id; of one of another form, the kind is `null` and the attempt 1. */
export function parseActivityId(id: string): {
  readonly kind: ActivityKind | null;
  readonly attempt: number;
} {
  const [, kind = null, attempt = 1] = /^(attempt|poll|cancel|send)-(\d+)$/.exec(id) ?? [];
  return { kind: kind as ActivityKind | null, attempt: Number(attempt) };
}

/** The activity type of a job's step. Where there is only one step, the type is the operation's name, which holds no dot. */
export function toStepType(operation: string, step: 'submit' | 'poll' | 'cancel'): string {
  return `${operation}.${step}`;
}

/** The activity type of an operation's attempts: a job's attempt is its submit. */
export function toAttemptType(operation: string, kind: 'run' | 'job'): string {
  return kind === 'job' ? toStepType(operation, 'submit') : operation;
}

/** The operation that an activity type names. */
export function toOperationOf(activityType: string): string {
  return activityType.replace(/\..*$/, '');
}
