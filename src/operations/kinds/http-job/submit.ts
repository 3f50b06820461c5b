// The submit of a declared job: one request, or several in order. Invariant: where a later one fails, what the earlier ones
// began is cancelled upstream, or the outcome is unknown.
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import { resolvePointer } from '../../../contract/json/pointer.ts';
import { messageOf } from '../../../contract/text.ts';
import type { DeclaredContext } from '../../context.ts';
import type { Submitted } from '../../operation.ts';
import { findMet, type Condition } from '../http/condition.ts';
import type { DeclaredExchange } from '../http/declared-exchange.ts';
import { checkRefused, type Refusals } from '../http/refusal.ts';
import { takeHandle, type HandleSources, type HandleUse } from './handle.ts';

/** One request of a submit. */
interface SubmitStep {
  readonly exchange: DeclaredExchange;
  readonly refusals: Refusals;
  readonly handle: HandleSources | undefined;
}

export interface SubmitPlan {
  readonly steps: readonly SubmitStep[];
  readonly use: HandleUse;
  /** When the answer of the first step is the result at once, and where it stands. */
  readonly done: readonly Condition[];
  readonly result: string;
  /** Throws where later requests could not be made with this handle. */
  readonly check: (fields: JsonObject) => void;
  /** Cancels what was begun; `null` where it cannot be cancelled. */
  readonly cancel: ((handle: Json, context: DeclaredContext) => Promise<void>) | null;
}

/** A handle that is no job's: its only key has what the submit's answer had as the result. */
const RESULT = '$result';

/** The result that a handle holds; `undefined` where it is that of a job. */
export function resultOf(handle: Json): Json | undefined {
  return isJsonObject(handle) ? handle[RESULT] : undefined;
}

/** Longest that what was begun is cancelled, in milliseconds. */
const CANCEL_MS = 15_000;

export async function submitJob(
  plan: SubmitPlan,
  parameters: JsonObject,
  context: DeclaredContext,
): Promise<Submitted> {
  let handle: Json | undefined;
  let firstLookMs: number | undefined;
  const naming = plan.steps.findLastIndex((step) => step.handle !== undefined);
  for (const [index, step] of plan.steps.entries()) {
    const fields = { ...parameters, ...(handle !== undefined && { handle }) };
    try {
      const taken = await step.exchange.perform(fields, context, (answer, redactor) => {
        checkRefused(answer, step.refusals, redactor);
        firstLookMs = answer.retryAfterMs;
        if (index === 0 && findMet(plan.done, answer) !== undefined) {
          const result = resolvePointer(answer.read(), plan.result);
          if (result === undefined) throw answer.unusable(`its body has nothing at ${plan.result}`);
          return { handle: { [RESULT]: redactor.json(result) }, isDone: true };
        }
        if (step.handle === undefined) return { handle, isDone: false };
        const { use } = plan;
        const known = takeHandle(answer, step.handle, {
          use,
          redactor,
          known: handle,
          isWhole: true,
        });
        if (index === naming && known !== undefined) {
          try {
            plan.check({ ...parameters, handle: known });
          } catch (thrown) {
            throw answer.unusable(`its job id cannot be asked for: ${(thrown as Error).message}`);
          }
        }
        return { handle: known, isDone: false };
      });
      handle = taken.handle;
      if (taken.isDone) break;
    } catch (thrown) {
      const failed = toSubmitError(thrown);
      if (handle === undefined || !isBegun(plan, { ...parameters, handle })) throw failed;
      throw await compensate(plan, handle, failed, context);
    }
  }
  return { handle: handle ?? null, ...(firstLookMs && { firstLookMs }) };
}

/** Whether what earlier steps said is enough to find a job. */
function isBegun(plan: SubmitPlan, fields: JsonObject): boolean {
  try {
    plan.check(fields);
    return true;
  } catch {
    return false;
  }
}

/** Cancels what was begun, and says what is left of it. */
async function compensate(
  { cancel }: SubmitPlan,
  handle: Json,
  failed: unknown,
  context: DeclaredContext,
): Promise<unknown> {
  const signal = AbortSignal.timeout(CANCEL_MS);
  const left =
    cancel === null
      ? 'the operation cannot cancel it'
      : await cancel(handle, { ...context, signal }).then(() => null, messageOf);
  if (!(failed instanceof OperationError)) return failed;
  const { code, message, retryAfterMs } = failed;
  const details = { failure: failed.details ?? null, job: { handle, may_go_on: left !== null } };
  if (left === null) {
    const what = `${message}; what was begun before was cancelled upstream`;
    return new OperationError(code, what, { retryAfterMs, details });
  }
  return new OperationError(
    'OUTCOME_UNKNOWN',
    `${message}; what was begun before may go on upstream, since its cancel was not confirmed: ${left}`,
    { details },
  );
}

/** An answer that was too large to be read is that of a submit that was taken all the same. */
function toSubmitError(thrown: unknown): unknown {
  if (!(thrown instanceof OperationError) || thrown.code !== 'RESULT_TOO_LARGE') return thrown;
  const { message, details } = thrown;
  return new OperationError(
    'OUTCOME_UNKNOWN',
    `${message}; the job was taken, so look there before you repeat it`,
    { details },
  );
}
