// What carries a task in Temporal.

/** `workflow`: a workflow of its own, whose activities are the attempts. `activity`: one standalone activity, which is every attempt. */
export type Lane = 'workflow' | 'activity';
