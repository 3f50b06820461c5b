// The face of a start/status tool pair, by the names of its dialect.
import { isExactNumber } from '../contract/json/exact-number.ts';
import type { JsonObject } from '../contract/json.ts';
import { cut } from '../contract/text.ts';
import { toToolAnswer } from './answer.ts';
import type { Dialect } from './dialect.ts';
import type { Face, Reply, Started, Step } from './face.ts';
import { readField, toTaskView } from './view.ts';

export function createPair(dialect: Dialect): Face {
  const { startTool } = dialect;
  const toReference = (taskRef: string): JsonObject => ({
    [dialect.taskRefArgument ?? dialect.taskRef]: taskRef,
  });
  const toView = (answer: JsonObject) =>
    ({ ok: true, value: toTaskView(answer, dialect) }) as const;
  return {
    hasKeys: dialect.idempotencyKey !== undefined,
    canWait: dialect.waitSeconds !== undefined,
    countsPolls: true,
    takesInput: dialect.inputTool !== undefined,
    start: ({ operation, parameters, idempotencyKey, ...times }) => {
      const tool = typeof startTool === 'string' ? startTool : startTool(operation);
      const args: JsonObject = {
        ...(dialect.operation !== undefined && { [dialect.operation]: operation }),
        ...(dialect.parameters === undefined ? parameters : { [dialect.parameters]: parameters }),
        ...(dialect.idempotencyKey !== undefined && { [dialect.idempotencyKey]: idempotencyKey }),
        ...toTime(dialect.maxWaitSeconds, times.maxWaitSeconds),
        ...toTime(dialect.startAfterSeconds, times.startAfterSeconds),
        ...dialect.wholeResult,
      };
      return toStep(tool, args, (answer) => toStarted(tool, answer, dialect));
    },
    poll: (taskRef, waitSeconds) => {
      const args: JsonObject = {
        ...toReference(taskRef),
        ...(dialect.waitSeconds !== undefined &&
          waitSeconds > 0 && { [dialect.waitSeconds]: waitSeconds }),
        ...dialect.wholeResult,
      };
      return toStep(dialect.statusTool, args, toView);
    },
    cancel: (taskRef, reason) => {
      if (dialect.cancelTool === undefined) return null;
      const args: JsonObject = {
        ...toReference(taskRef),
        ...(dialect.reason !== undefined && reason !== undefined && { [dialect.reason]: reason }),
      };
      return toStep(dialect.cancelTool, args, (value) => ({ ok: true, value }));
    },
    provideInput: (taskRef, responses) => {
      const args = {
        ...toReference(taskRef),
        [dialect.responses ?? 'responses']: responses,
        ...dialect.wholeResult,
      };
      return toStep(dialect.inputTool ?? '', args, toView);
    },
  };
}

function toTime(argument: string | undefined, seconds: number | undefined): JsonObject {
  return argument === undefined || seconds === undefined ? {} : { [argument]: seconds };
}

function toStep<Value>(
  tool: string,
  args: JsonObject,
  read: (answer: JsonObject) => Reply<Value>,
): Step<Value> {
  return {
    name: tool,
    send: async (callTool, options) => {
      const answered = toToolAnswer(await callTool(tool, args, options));
      return answered.ok ? read(answered.answer) : answered;
    },
  };
}

function toStarted(tool: string, answer: JsonObject, dialect: Dialect): Reply<Started> {
  const taskRef = readField(answer, dialect.taskRef);
  const digits = isExactNumber(taskRef) ? taskRef.rawJSON : taskRef;
  if (typeof digits === 'string' || typeof digits === 'number') {
    return { ok: true, value: { taskRef: String(digits), view: toTaskView(answer, dialect) } };
  }
  const shown = cut(JSON.stringify(answer), 200);
  const message = `${tool}: expected a handle in ${dialect.taskRef}, got ${shown}`;
  return { ok: false, refusal: { code: 'INVALID_ANSWER', message, retryable: false } };
}
