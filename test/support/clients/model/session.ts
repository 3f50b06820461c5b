// A conversation between a scripted model and the tools of a gateway, as an agent framework leads it: turn after turn, with
// everything that was said kept. Counted are turns, calls and tokens, with the tokenizer of a current model.
import { setTimeout as sleep } from 'node:timers/promises';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

/** A tool call that a model writes. */
export interface ModelCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a model reads of a call. */
export interface ModelAnswer {
  readonly isError: boolean;
  readonly text: string;
}

/** A call and its answer. */
export interface Exchange extends ModelCall, ModelAnswer {
  /** The answer's text, parsed; empty where it is no JSON object. */
  readonly json: AnswerFields;
}

/** Fields of answers that scripted models read. */
interface AnswerFields {
  readonly task_ref?: string;
  readonly status?: string;
  readonly done?: boolean;
  readonly deduplicated?: boolean;
  readonly result?: unknown;
  readonly result_preview?: { readonly shape?: unknown } | null;
  /** What was read of a large result. */
  readonly value?: unknown;
  readonly matches?: readonly { readonly path: string }[];
  readonly poll_after_ms?: number | null;
  readonly next_step?: string;
  readonly tasks?: readonly { readonly task_ref: string; readonly idempotency_key: string }[];
  readonly error?: { readonly code: string } | null;
}

/** One turn of a model: calls, after a pause of its own, or its last word. */
export type Turn =
  { readonly calls: readonly ModelCall[]; readonly pauseMs?: number } | { readonly says: string };

/** A scripted model: what it does next follows from what it has seen, and from nothing else. */
export type Policy = (seen: readonly Exchange[]) => Turn;

/** What a conversation came to. */
export interface Conversation {
  readonly says: string;
  readonly seen: readonly Exchange[];
  /** Invocations of the model, with the one that says the last word. */
  readonly turns: number;
  /** Tool calls. */
  readonly calls: number;
  /** Tokens of all calls and answers, each counted once: what the context grows by. */
  readonly tokens: number;
  /** Tokens that the model reads, since every turn reads the context again. */
  readonly tokensRead: number;
}

/** A model that has not come to an end after so many turns never will. */
const MOST_TURNS = 200;

/** Leads a conversation to its end. @throws {Error} when it has none */
export async function converse(
  policy: Policy,
  callTool: (call: ModelCall) => Promise<ModelAnswer>,
): Promise<Conversation> {
  const seen: Exchange[] = [];
  let tokens = 0;
  let tokensRead = 0;
  for (let turns = 1; turns <= MOST_TURNS; turns += 1) {
    const turn = policy(seen);
    tokensRead += tokens;
    if ('says' in turn) {
      return { says: turn.says, seen, turns, calls: seen.length, tokens, tokensRead };
    }
    if (turn.pauseMs) await sleep(turn.pauseMs);
    const exchanges = await Promise.all(
      turn.calls.map(async (call) => toExchange(call, await callTool(call))),
    );
    seen.push(...exchanges);
    for (const { tool, args, text } of exchanges) {
      tokens += countTokens(JSON.stringify({ name: tool, arguments: args })) + countTokens(text);
    }
  }
  throw new Error(`no end after ${MOST_TURNS} turns: ${seen.at(-1)?.text}`);
}

function toExchange(call: ModelCall, answer: ModelAnswer): Exchange {
  let json: unknown;
  try {
    json = JSON.parse(answer.text);
  } catch {
    json = null;
  }
  const fields = typeof json === 'object' && json !== null ? (json as AnswerFields) : {};
  return { ...call, ...answer, json: fields };
}
