// Half a surrogate pair in a message. Where it stands in arguments or answers, a tool refuses it with its path, so that a model can
// mend it; anywhere else it is in a name, which the protocol would repeat in an answer that no UTF-8 can carry.
import { isJsonObject } from '../contract/json.ts';
import { findIllFormed } from '../contract/text.ts';

/** What tools check by themselves. */
const CONTENTS = { arguments: null, inputResponses: null };

/** Whether a message has it where no tool checks. */
export function hasBrokenNames(message: unknown): boolean {
  if (!isJsonObject(message)) return findIllFormed(message) !== null;
  const { params } = message;
  const names = isJsonObject(params) ? { ...params, ...CONTENTS } : params;
  return findIllFormed({ ...message, result: null, params: names }) !== null;
}
