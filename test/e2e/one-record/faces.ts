// The faces of one task, read and cancelled by hand, and how each of them words a state. The pair is a face of either
// era.
import { expect } from '@jest/globals';
import type { Json } from '../../../src/contract/json.ts';
import { isDone, type Task } from '../../../src/contract/task.ts';
import { callLegacy, callModern } from '../../support/clients/json-rpc.ts';

export const FACES = ['pair', 'legacyPair', 'extension', 'legacy'] as const;
export type Face = (typeof FACES)[number];

/** The fields of an answer, in the words of its face. */
export type Fields = Readonly<Record<string, Json>>;

/** Whether a face shows a task in the words of the pair. */
export const isPair = (face: Face): face is 'pair' | 'legacyPair' =>
  face === 'pair' || face === 'legacyPair';

/** Calls a tool of the pair; a refusal has no fields but `isError` and `text`. */
export async function callPair(
  url: string,
  name: string,
  args: object,
  face: 'pair' | 'legacyPair' = 'pair',
): Promise<Fields> {
  const params = { name, arguments: args };
  const { result } =
    face === 'pair'
      ? await callModern(url, 'tools/call', params, {})
      : await callLegacy(url, 'tools/call', params);
  return (result['structuredContent'] as Fields | undefined) ?? { refused: result };
}

/** A task as a face shows it. */
export async function readFace(url: string, face: Face, taskId: string): Promise<Fields> {
  switch (face) {
    case 'pair':
    case 'legacyPair':
      return callPair(url, 'resolve_task_status', { task_ref: taskId }, face);
    case 'extension':
      return (await callModern(url, 'tasks/get', { taskId })).result;
    case 'legacy':
      return (await callLegacy(url, 'tasks/get', { taskId })).result;
  }
}

/** Cancels on a face; returns whether its client was told that the task is cancelled or will be. */
export async function cancelOnFace(url: string, face: Face, taskId: string): Promise<boolean> {
  switch (face) {
    case 'pair':
    case 'legacyPair': {
      const answer = await callPair(url, 'cancel_background_task', { task_ref: taskId }, face);
      expect(['requested', 'confirmed', 'already_finished']).toContain(answer['cancellation']);
      return answer['cancellation'] !== 'already_finished';
    }
    case 'extension': {
      const answer = await callModern(url, 'tasks/cancel', { taskId });
      expect(answer).toMatchObject({ status: 200, error: null });
      return false;
    }
    case 'legacy': {
      const { result, error } = await callLegacy(url, 'tasks/cancel', { taskId });
      expect(error ?? result).toMatchObject(error ? { code: -32602 } : { status: 'cancelled' });
      return error === null;
    }
  }
}

/** What each face calls the state of a task. */
export function toStatuses({
  state,
  cancelRequested,
}: Pick<Task, 'state' | 'cancelRequested'>): Readonly<Record<Face, string>> {
  const code = state.status === 'failed' ? state.error.code : null;
  const open = state.status === 'input_required' ? 'input_required' : 'working';
  const isCancelled = code === 'CANCELLED';
  const modern = isCancelled ? 'cancelled' : code === 'INTERNAL' ? 'failed' : 'completed';
  const old = isCancelled || cancelRequested ? 'cancelled' : code ? 'failed' : 'completed';
  return {
    pair: state.status,
    legacyPair: state.status,
    extension: isDone(state) ? modern : open,
    legacy: isDone(state) || cancelRequested ? old : open,
  };
}
