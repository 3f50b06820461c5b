// The result of a tool, as it came, checked for what a task can carry.
import * as z from 'zod';
import { isDeeperThan, MAX_DEPTH } from '../../../contract/json/depth.ts';
import { OperationError } from '../../../contract/errors.ts';
import type { JsonObject } from '../../../contract/json.ts';
import { toWellFormed } from '../../../contract/text.ts';
import { toPlace, type ToolName } from './failure.ts';

/** What a server answers, as it came: it is checked here, by what it is. */
export const anyResult = z.looseObject({}) as z.ZodType<JsonObject>;

/** Timers hold no more, in milliseconds; the attempt's own limit ends a request before. */
export const NO_TIMEOUT_MS = 2_147_483_647;

/** Rejects what is no result of a tool. */
export function checkResult(result: JsonObject, tool: ToolName): JsonObject {
  if (isDeeperThan(result, MAX_DEPTH)) {
    const message = `${toPlace(tool)}: the answer is nested too deeply`;
    throw new OperationError('RESULT_TOO_LARGE', message);
  }
  const { resultType = 'complete', ...rest } = result;
  if (resultType !== 'complete' || !Array.isArray(result['content'])) {
    const message = `${toPlace(tool)}: the server answered with what is no result of a tool`;
    throw new OperationError('OUTCOME_UNKNOWN', message);
  }
  return toWellFormed(rest);
}
