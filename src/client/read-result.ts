// Reading a part of a result: for a program that hands it to a model, which pays for each token of it.
import type { JsonObject } from '../contract/json.ts';
import { toToolAnswer } from './answer.ts';
import { NEVER, type Shared } from './create-handle.ts';
import { MARGIN_MS } from './follow.ts';

/** Which part of a result. */
export interface ResultPart {
  /** JSON Pointer; the whole by default, as much as the gateway's answer budget allows. */
  readonly path?: string;
  /** Items, keys, lines or matches to leave out first. */
  readonly offset?: number;
  /** Items, keys, lines or matches at most. */
  readonly limit?: number;
  /** Text to look for. */
  readonly find?: string;
}

const TOOL = 'read_task_result';

export async function readResult(
  { caller }: Pick<Shared, 'caller'>,
  taskRef: string,
  part: ResultPart,
  signal: AbortSignal = NEVER,
): Promise<JsonObject> {
  const { value } = await caller.call({
    ask: () => ({
      step: {
        name: TOOL,
        send: async (callTool, options) => {
          const args = { task_ref: taskRef, ...part } as JsonObject;
          const read = toToolAnswer(await callTool(TOOL, args, options));
          return read.ok ? { ok: true, value: read.answer } : read;
        },
      },
      timeoutMs: MARGIN_MS,
    }),
    signal,
  });
  return value;
}
