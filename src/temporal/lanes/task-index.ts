// Temporal's index of tasks, which lags a moment behind: one for each lane. The one place that says how tasks are told from whatever else a
// namespace holds.
import type { Client } from '@temporalio/client';
import type { google, temporal } from '@temporalio/proto';
import type { Lane } from '../../contract/lane.ts';
import { WORKFLOW_TYPE } from '../../contract/workflow/task-input.ts';
import { OPERATION } from '../calls/search-attributes.ts';
import { toMs } from '../calls/timestamp.ts';

/** A run of a task. Instants are milliseconds since the epoch. */
export interface Indexed {
  /** The id of the workflow or the activity. */
  readonly id: string;
  readonly runId: string;
  /** Where it stands in a list: the greater text comes first. */
  readonly place: string;
  /** When it could be taken by a worker. */
  readonly beganAt: number;
  /** 0 while it runs. */
  readonly closedAt: number;
}

/** Those that run come first, then those that closed last. */
interface IndexPage {
  readonly entries: readonly Indexed[];
  /** Empty: this is the last one. */
  readonly nextPageToken: Uint8Array;
}

type Counted = Pick<
  temporal.api.workflowservice.v1.CountWorkflowExecutionsResponse,
  'count' | 'groups'
>;

/** Takes clauses of Temporal's query language, all of which hold. Rejects with whatever Temporal said; limits no time. */
export interface TaskIndex {
  readonly lane: Lane;
  /** The clause of those that have not ended. */
  readonly open: string;
  /** @param token `nextPageToken` of the page before; empty: the first one */
  readonly list: (
    clauses: readonly string[],
    pageSize: number,
    token?: Uint8Array,
  ) => Promise<IndexPage>;
  readonly count: (clauses: readonly string[], groupBy?: 'ExecutionStatus') => Promise<Counted>;
}

export interface IndexOptions {
  readonly client: Pick<Client, 'workflowService'>;
  readonly namespace: string;
  /** Whether the server has standalone activities. */
  readonly hasActivityLane: boolean;
}

/** One for each lane that the server has. */
export function createTaskIndexes(options: IndexOptions): readonly [TaskIndex, ...TaskIndex[]] {
  const workflow = createWorkflowIndex(options);
  return options.hasActivityLane ? [workflow, createActivityIndex(options)] : [workflow];
}

function createWorkflowIndex({ client, namespace }: IndexOptions): TaskIndex {
  const toQuery = (clauses: readonly string[]) =>
    [`WorkflowType = '${WORKFLOW_TYPE}'`, ...clauses].join(' AND ');
  return {
    lane: 'workflow',
    open: `ExecutionStatus = 'Running'`,
    list: async (clauses, pageSize, token = FIRST) => {
      const { executions, nextPageToken } = await client.workflowService.listWorkflowExecutions({
        ...{ namespace, query: toQuery(clauses), pageSize, nextPageToken: token },
      });
      const entries = executions.map(({ execution, startTime, executionTime, closeTime }) =>
        toIndexed(execution?.workflowId, execution?.runId, startTime, executionTime, closeTime),
      );
      return { entries, nextPageToken };
    },
    count: async (clauses, groupBy) =>
      client.workflowService.countWorkflowExecutions({
        namespace,
        query: group(toQuery(clauses), groupBy),
      }),
  };
}

function createActivityIndex({ client, namespace }: IndexOptions): TaskIndex {
  const toQuery = (clauses: readonly string[]) =>
    [`${OPERATION.name} IS NOT NULL`, ...clauses].join(' AND ');
  return {
    lane: 'activity',
    open: `ExecutionStatus IN ('Running', 'Paused')`,
    list: async (clauses, pageSize, token = FIRST) => {
      const { executions, nextPageToken } = await client.workflowService.listActivityExecutions({
        ...{ namespace, query: toQuery(clauses), pageSize, nextPageToken: token },
      });
      const entries = executions.map(
        ({ activityId, runId, scheduleTime, executionTime, closeTime }) =>
          toIndexed(activityId, runId, scheduleTime, executionTime, closeTime),
      );
      return { entries, nextPageToken };
    },
    count: async (clauses, groupBy) =>
      client.workflowService.countActivityExecutions({
        namespace,
        query: group(toQuery(clauses), groupBy),
      }),
  };
}

const FIRST = new Uint8Array();

function group(query: string, by: string | undefined): string {
  return by === undefined ? query : `${query} GROUP BY ${by}`;
}

type Instant = google.protobuf.ITimestamp | null | undefined;

function toIndexed(
  id: string | null | undefined,
  runId: string | null | undefined,
  startTime: Instant,
  executionTime: Instant,
  closeTime: Instant,
): Indexed {
  return {
    id: id ?? '',
    runId: runId ?? '',
    place: `${closeTime ? toText(closeTime) : OPEN} ${toText(startTime)}`,
    beganAt: toMs(executionTime ?? startTime),
    closedAt: toMs(closeTime),
  };
}

/** Greater than any instant. */
const OPEN = '~';

/** An instant to the nanosecond; the greater text is the later one. */
function toText(time: Instant): string {
  const seconds = String(time?.seconds ?? 0).padStart(11, '0');
  return `${seconds}.${String(time?.nanos ?? 0).padStart(9, '0')}`;
}
