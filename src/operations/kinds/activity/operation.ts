// From a declaration to an operation that is an activity of somebody else.
import { createOperation } from '../../create.ts';
import type { Operation } from '../../operation.ts';
import { FLEET_OPTIONS, type PolicyOptions } from '../../policy.ts';
import { at, readCommon } from '../common.ts';
import { parseArguments, takeResult } from '../workflow/arguments.ts';
import type { ParsedActivityDeclaration } from './declaration.ts';

/** An hour, and ten minutes: its worker may be in the middle of a deploy. */
const USUAL = { totalTimeoutSeconds: 3_600, queueTimeoutSeconds: 600 };

/** @throws {TypeError} when the declaration cannot be used; the message says why */
export function createActivity(name: string, declared: ParsedActivityDeclaration): Operation {
  const { activity, idempotent, output } = declared;
  const { parse, parseResult, acceptWith, ...parts } = readCommon(name, declared);
  const render = at(name, 'activity.args', () => parseArguments(activity.args, parts.inputSchema));
  const { type, taskQueue, result } = activity;
  const work = { type, taskQueue };
  const heartbeats = declared.policy?.heartbeatTimeoutSeconds !== undefined;
  return createOperation({
    ...parts,
    policy: at(name, 'policy', () => withUsual(declared.policy ?? {})),
    idempotent,
    accept: acceptWith(),
    steps: {
      kind: 'activity',
      work,
      plan: (parameters, names) => ({
        ...{ ...work, heartbeats, checks: output !== undefined || result !== '' },
        args: render(parse(parameters), names),
      }),
      toResult: (returned) => parseResult(takeResult(result, returned)),
    },
  });
}

function withUsual(policy: PolicyOptions): PolicyOptions {
  const foreign = FLEET_OPTIONS.filter((key) => policy[key] !== undefined);
  if (foreign.length > 0) {
    throw new TypeError(
      `${foreign.join(', ')}: the workers of the activity's task queue decide how many run at once and how fast; set it there`,
    );
  }
  const totalTimeoutSeconds = policy.totalTimeoutSeconds ?? USUAL.totalTimeoutSeconds;
  return {
    totalTimeoutSeconds,
    attemptTimeoutSeconds: totalTimeoutSeconds,
    queueTimeoutSeconds: Math.min(USUAL.queueTimeoutSeconds, totalTimeoutSeconds),
    ...policy,
  };
}
