// The questions of a task of the extension: they are part of the task, under keys of the server.
import { hash } from 'node:crypto';
import type { InputRequests } from '../../../contract/input.ts';
import type { JsonObject } from '../../../contract/json.ts';
import { UnreadPoll } from '../../poll-error.ts';
import { toUnasked, type ToolName } from './failure.ts';
import { checkElicitation, toQuestion } from './question.ts';

export interface TaskQuestion {
  /** Its key at the server, unique for the life of the task. */
  readonly key: string;
  /** Its key with us. */
  readonly own: string;
  readonly request: InputRequests[string];
}

export function toTaskQuestions(requests: JsonObject, tool: ToolName): TaskQuestion[] {
  try {
    return Object.entries(requests).map(([key, asked]) => ({
      key,
      own: toOwnKey(key),
      request: toQuestion(checkElicitation(asked)),
    }));
  } catch (error) {
    throw new UnreadPoll(toUnasked(error, tool), false);
  }
}

/** A key that no question of the call itself has. */
export function toOwnKey(key: string): string {
  const isPlain = /^[A-Za-z0-9_.-]{1,59}$/.test(key);
  return `task_${isPlain ? key : hash('sha256', key, 'hex').slice(0, 32)}`;
}
