// A connection that answers from a script, in order; the last step is repeated. Every call is recorded with its time.
import {
  LONGHAUL_DIALECT,
  type CallTool,
  type Dialect,
  type Timing,
} from '../../src/client/index.ts';
import type { JsonObject } from '../../src/contract/json.ts';

/** One call as it arrived. */
interface RecordedCall {
  readonly tool: string;
  readonly args: JsonObject;
  readonly at: number;
}

/** An answer, an error to throw, or a function that makes either. */
export type Step = JsonObject | Error | ((call: RecordedCall) => JsonObject | Promise<JsonObject>);

/** A connection with its record. */
export interface ScriptedTool {
  readonly call: CallTool;
  readonly calls: readonly RecordedCall[];
}

/** Creates the connection. */
export function createScriptedTool(timing: Timing, steps: readonly Step[]): ScriptedTool {
  const calls: RecordedCall[] = [];
  return {
    calls,
    call: async (tool, args) => {
      const call = { tool, args, at: timing.now() };
      calls.push(call);
      const step = steps[Math.min(calls.length, steps.length) - 1]!;
      if (step instanceof Error) throw step;
      return typeof step === 'function' ? step(call) : step;
    },
  };
}

/** What a start answers. */
export const STARTED = { task_ref: 'k.1', status: 'queued', poll_after_ms: 1000 };
/** What a look answers while the task runs. */
export const toRunning = (pollAfterMs: number): JsonObject => ({
  task_ref: 'k.1',
  status: 'processing',
  progress: null,
  poll_after_ms: pollAfterMs,
});
/** What a look answers at the end. */
export const COMPLETED = { task_ref: 'k.1', status: 'completed', result: { ok: true } };
/** What the network says when a gateway is away. */
export const lost = (): Error => new TypeError('fetch failed');
/** A tool result that refuses. */
export const toRefused = (error: JsonObject): JsonObject => ({
  isError: true,
  content: [{ type: 'text', text: JSON.stringify({ error }) }],
});
/** Longhaul's dialect of a server that lacks one thing. */
export const toDialectWithout = (lacking: keyof Dialect): Dialect =>
  Object.fromEntries(
    Object.entries(LONGHAUL_DIALECT).filter(([name]) => name !== lacking),
  ) as unknown as Dialect;
