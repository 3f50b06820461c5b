// What every kind of definition ends in: the checks that all operations share, and the frozen operation itself.
import { hash } from 'node:crypto';
import { IDEMPOTENCY_KEY } from '../contract/idempotency-key.ts';
import type { Json, JsonObject } from '../contract/json.ts';
import { resolveCallbacks, type CallbackOptions } from './callbacks.ts';
import type { LaneOption, Need } from './lane.ts';
import type { Accepted, ForeignTool, Operation, Steps } from './operation.ts';
import { policySchema, type PolicyOptions } from './policy.ts';
import { resolvePresentation, type PresentationOptions } from './presentation.ts';
import { parseOption } from './schema/issues.ts';

/** An operation before its checks; schemas are JSON Schema already. */
export interface OperationParts {
  readonly name: string;
  readonly description: string;
  readonly inputSchema: JsonObject;
  readonly outputSchema: JsonObject | null;
  readonly policy: PolicyOptions | undefined;
  readonly callbacks?: CallbackOptions;
  readonly idempotent: boolean;
  readonly lane?: LaneOption | undefined;
  readonly needs?: readonly Need[];
  /** Fails with `INVALID_PARAMETERS`. What is absent is not derived, does not wait, or asks nothing. */
  readonly accept: (parameters: Json) => Partial<Accepted>;
  readonly presentation?: PresentationOptions;
  readonly tool?: ForeignTool;
  readonly steps: Steps;
}

const NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** @throws {TypeError} when the name, the description or the policy cannot be used; the message says why */
export function createOperation(parts: OperationParts): Operation {
  const { presentation, accept, callbacks, ...rest } = parts;
  const { name, description } = rest;
  if (!NAME.test(name)) {
    throw new TypeError(
      `operation name ${JSON.stringify(name)}: use letters, digits, "_" and "-", beginning with a letter, at most 64`,
    );
  }
  if (description.trim() === '') {
    throw new TypeError(`operation ${name}: a description is needed; a model chooses by it`);
  }
  return Object.freeze({
    ...rest,
    ...resolvePresentation(name, presentation ?? {}),
    policy: parseOption(`${name}: policy`, policySchema, rest.policy ?? {}),
    callbacks: resolveCallbacks(name, callbacks),
    accept: (parameters: Json) => {
      const accepted = accept(parameters);
      return {
        deriveKey: () => {
          const key = accepted.deriveKey?.() ?? '';
          return key === '' ? null : toKey(key);
        },
        delayMs: () => accepted.delayMs?.() ?? 0,
        askFirst: () => accepted.askFirst?.() ?? null,
      };
    },
  });
}

/** A derived key as a caller could have sent it: 1 to 128 visible characters; anything else by its hash. */
function toKey(derived: string): string {
  if (IDEMPOTENCY_KEY.test(derived)) return derived;
  return `h_${hash('sha256', derived, 'base64url')}`;
}
