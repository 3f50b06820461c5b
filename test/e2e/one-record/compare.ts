// The faces of all gateways, side by side, while nothing happens to the task: they show one state, each in its own words.
import { expect } from '@jest/globals';
import type { Json } from '../../../src/contract/json.ts';
import { isDone, type Task } from '../../../src/contract/task.ts';
import { callLegacy } from '../../support/clients/json-rpc.ts';
import { FACES, isPair, callPair, toStatuses, type Fields } from './faces.ts';
import { toAsked, type Known } from './known.ts';
import { read, type Run, type Tracked } from './run.ts';
import { ENDS } from './steered-work.ts';

/** Holds what all faces of every gateway say of a task against its record. */
export async function compare(
  { gateways, name }: Pick<Run, 'gateways' | 'name'>,
  task: Known,
): Promise<Task> {
  const shown = await Promise.all(
    gateways.map(async ({ url, tasks }) => ({
      record: await tasks.read({ principal: name }, task.taskId),
      answers: await Promise.all(FACES.map(async (face) => read(task, url, face))),
    })),
  );
  const { record } = shown[0]!;
  const { state, cancelRequested } = record;
  const statuses = toStatuses(record);
  for (const { record: same, answers } of shown) {
    expect([same.state.status, same.cancelRequested]).toEqual([state.status, cancelRequested]);
    expect(answers.map(({ status }) => status)).toEqual(FACES.map((face) => statuses[face]));
    const asked = state.status === 'input_required' ? Object.keys(state.requests) : [];
    expect(answers.slice(0, 3).map(toAsked)).toEqual([asked, asked, asked]);
  }
  if (!task.isCancelSent) expect(cancelRequested).toBe(false);
  if (isDone(state)) expect(shown).toEqual(shown.map(() => shown[0]));
  if (isDone(state) || state.status === 'input_required') {
    const instants = shown.flatMap(({ answers }) => answers.map(toUpdatedAt));
    expect(new Set(instants).size).toBe(1);
    expect(instants[0]! >= task.lastUpdatedAt).toBe(true);
    task.lastUpdatedAt = instants[0]!;
  }
  return record;
}

function toUpdatedAt(answer: Fields, index: number): string {
  return answer[isPair(FACES[index]!) ? 'updated_at' : 'lastUpdatedAt'] as string;
}

/** Holds the outcome of a task that has ended against what was done to it, and what the faces make of it. */
export async function compareOutcome(run: Run, task: Tracked): Promise<void> {
  const record = await compare(run, task);
  const { state } = record;
  if (!isDone(state)) throw new Error(`${task.label} has not ended`);
  const code = state.status === 'failed' ? state.error.code : null;
  if (code === 'CANCELLED') expect(task.isCancelSent).toBe(true);
  const told = run.work.told(task.label).find((command) => command in ENDS) as
    keyof typeof ENDS | undefined;
  if (!task.isCancelSent) expect(code).toBe(ENDS[told!]);
  if (state.status === 'completed') holdAnswers(task, state.result);

  for (const { url } of run.gateways) {
    const legacy = await callLegacy(url, 'tasks/result', { taskId: task.taskId });
    const extension = await read(task, url, 'extension');
    const inlined = extension['result'] as Fields | undefined;
    const { legacy: status } = toStatuses(record);
    expect(legacy.error?.code ?? null).toBe(
      status !== 'cancelled' && code === 'INTERNAL' ? -32603 : null,
    );
    if (status === 'cancelled') {
      expect(legacy.result['isError']).toBe(true);
      expect(JSON.stringify(legacy.result)).toContain('CANCELLED');
    } else if (legacy.error === null) {
      const { _meta, ...result } = legacy.result;
      expect(_meta).toEqual({ 'io.modelcontextprotocol/related-task': { taskId: task.taskId } });
      expect({ resultType: 'complete', ...result }).toEqual(inlined);
    }
    if (state.status === 'completed') expect(inlined?.['structuredContent']).toEqual(state.result);
  }
}

/** The work has got, of every question, the latest time that it was asked, an answer that may have been the first. */
function holdAnswers(task: Tracked, result: Json): void {
  const { answers } = result as { readonly answers: Fields };
  for (const own of ['go', 'why']) {
    const times = [...task.answers.keys()].filter((key) => key.replace(/-\d+$/, '') === own);
    const latest = times.sort((a, b) => toTime(a) - toTime(b)).at(-1);
    const got = answers[own] === undefined ? null : JSON.stringify(answers[own]);
    expect([got]).toEqual([latest === undefined ? null : expect.anything()]);
    if (latest !== undefined) expect(task.answers.get(latest)).toContain(got);
  }
}

function toTime(key: string): number {
  return Number(/-(\d+)$/.exec(key)?.[1] ?? 1);
}

/** Longest that a list may lag behind, in milliseconds: many times what it does. */
const LAG_MS = 90_000;

/** Holds the lists of every gateway, which follow a moment later, against the tasks of the run. */
export async function compareLists(run: Run): Promise<void> {
  const expected = [...run.tasks.values()].map(({ taskId, createdAt }) => ({ taskId, createdAt }));
  const wanted = JSON.stringify(sort(expected));
  for (const { url } of run.gateways) {
    let listed = '';
    for (const until = Date.now() + LAG_MS; listed !== wanted && Date.now() < until;) {
      const legacy = await callLegacy(url, 'tasks/list');
      const pair = await callPair(url, 'list_background_tasks', {});
      const lists = [
        (legacy.result['tasks'] as readonly Fields[]).map(toListed('taskId', 'createdAt')),
        (pair['tasks'] as readonly Fields[]).map(toListed('task_ref', 'created_at')),
      ].map((list) => JSON.stringify(sort(list)));
      listed = lists[0] === lists[1] ? lists[0]! : lists.join();
    }
    expect(listed).toBe(wanted);
  }
}

const toListed = (taskId: string, createdAt: string) => (listed: Fields) => ({
  taskId: listed[taskId] as string,
  createdAt: listed[createdAt] as string,
});

const sort = (tasks: ReturnType<ReturnType<typeof toListed>>[]) =>
  tasks.sort((a, b) => (a.taskId < b.taskId ? -1 : 1));
