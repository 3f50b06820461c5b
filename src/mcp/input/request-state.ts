// What a question of a typed call sends along and gets back with the answers. Invariant: it is no authority. A task that it names
// is looked up for the caller like any other, and answers that it carries are checked as if they had just been given.
import { hash } from 'node:crypto';
import { ProtocolError } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { isDeeperThan, MAX_DEPTH } from '../../contract/json/depth.ts';
import { parseJsonOrNot } from '../../contract/json/exact-number.ts';
import type { InputRequests, InputResponses } from '../../contract/input.ts';
import { elicitResult } from './input-responses.ts';

/** What a retried call goes on with. */
export type RequestState =
  /** Nothing is started, and these questions, perhaps none, are answered. */
  | { readonly kind: 'answers'; readonly responses: InputResponses }
  | { readonly kind: 'task'; readonly taskRef: string };

const answersSchema = z.record(z.string(), elicitResult);

/** For questions before the start, some of which may be answered. */
export function toAnswersState(responses: InputResponses): string {
  return `answers:${Buffer.from(JSON.stringify(responses)).toString('base64url')}`;
}

/** For questions of a task; another round of questions has another state. */
export function toTaskState(taskRef: string, requests: InputRequests): string {
  const keys = JSON.stringify(Object.keys(requests));
  const round = hash('sha256', keys, 'base64url').slice(0, 8);
  return `task:${round}:${taskRef}`;
}

/** @throws {ProtocolError} -32602, when the text is nothing that was sent */
export function parseRequestState(state: string): RequestState {
  const [, taskRef] = /^task:[\w-]{8}:([\x21-\x7e]+)$/.exec(state) ?? [];
  if (taskRef !== undefined) return { kind: 'task', taskRef };
  const [, answers] = /^answers:([\w-]+)$/.exec(state) ?? [];
  const responses = answersSchema.safeParse(answers === undefined ? null : decode(answers));
  if (!responses.success) throw createStateError();
  return { kind: 'answers', responses: responses.data };
}

/** The refusal of a state that is nothing that was sent, or nothing of this caller's. */
export function createStateError(): ProtocolError {
  return new ProtocolError(-32602, 'Invalid or expired requestState: call again without it.');
}

function decode(text: string): unknown {
  const decoded = parseJsonOrNot(Buffer.from(text, 'base64url').toString());
  return isDeeperThan(decoded, MAX_DEPTH) ? null : decoded;
}
