// Tasks as text for people.
import type { Task } from '../../contract/task.ts';
import { toPrintableLine } from '../../contract/text.ts';
import { toInstant } from '../../tasks/answer.ts';
import type { TaskPage } from '../../tasks/service.ts';

export function toTable({ tasks, nextCursor }: TaskPage): string {
  if (tasks.length === 0) return 'No tasks.';
  const rows = tasks.map(({ taskRef, operation, state, createdAt, idempotencyKey }) => [
    taskRef,
    operation,
    state.status,
    toInstant(createdAt),
    idempotencyKey,
  ]);
  return toPageText(['TASK_REF', 'OPERATION', 'STATUS', 'CREATED', 'KEY'], rows, nextCursor);
}

/** A page of rows below their head, and how the next one is asked for. */
export function toPageText(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  nextCursor: string | null,
): string {
  const more = nextCursor === null ? [] : ['', `More: --cursor ${nextCursor}`];
  return [...align([head, ...rows]), ...more].join('\n');
}

/** The tool of another server that a task calls. */
export interface CalledTool {
  readonly upstream: string;
  readonly name: string;
}

export function toTaskText(task: Task, tool?: CalledTool): string {
  const { state } = task;
  const rows: (readonly [string, string])[] = [
    ['task_ref', task.taskRef],
    ['operation', task.operation],
    ...(tool ? [['calls', `${tool.name} of ${tool.upstream}`] as const] : []),
    ['status', state.status],
    ...(task.target ? [['follows', `${task.target.type} ${task.target.workflowId}`] as const] : []),
    ['key', task.idempotencyKey],
    ['created', toInstant(task.createdAt)],
    ...(task.startsAt === undefined ? [] : [['starts', toInstant(task.startsAt)] as const]),
    ['updated', toInstant(task.updatedAt)],
    ['deadline', toInstant(task.deadline)],
    ...(task.expiresAt === null ? [] : [['expires', toInstant(task.expiresAt)] as const]),
    ...toStateRows(task),
  ];
  return align(rows).join('\n');
}

function toStateRows({ state }: Task): (readonly [string, string])[] {
  switch (state.status) {
    case 'pending':
      return state.workerPresent === false ? [['worker', 'none polls']] : [];
    case 'processing':
      return [
        ['attempt', String(state.attempt)],
        [
          'progress',
          `${toPercent(state.progress?.fraction)} ${state.progress?.message ?? ''}`.trim(),
        ],
      ];
    case 'input_required':
      return [['asks', Object.keys(state.requests).join(', ')]];
    case 'completed':
      return [['result', JSON.stringify(state.result)]];
    case 'failed':
      return [['error', `${state.error.code}: ${state.error.message}`]];
  }
}

function toPercent(fraction: number | null | undefined): string {
  return typeof fraction === 'number' ? `${Math.round(fraction * 100)} %` : '-';
}

/** Rows as lines, in columns. A cell is one line: no message makes a row of its own. */
export function align(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map((row) => row.map(toPrintableLine));
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
