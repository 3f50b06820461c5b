// The text of a message, parsed, for either transport: what is no JSON, too deep, or names something by half a surrogate pair is found
// before a server is made for it.
import { isDeeperThan, MAX_DEPTH } from '../contract/json/depth.ts';
import { parseJson } from '../contract/json/exact-number.ts';
import { hasBrokenNames } from './broken-text.ts';

export type MessageProblem = 'not JSON' | 'nested too deeply' | 'not Unicode';

/** A message, or what is wrong with it; one that is JSON and not Unicode is there all the same. */
export function parseMessage(text: string): {
  readonly message: unknown;
  readonly problem: MessageProblem | null;
} {
  let message: unknown;
  try {
    message = parseJson(text);
  } catch (error) {
    const problem = error instanceof RangeError ? 'nested too deeply' : 'not JSON';
    return { message: undefined, problem };
  }
  // A level takes two characters, and only an escape stands for half a pair: UTF-8 has none.
  if (text.length > 2 * MAX_DEPTH && isDeeperThan(message, MAX_DEPTH)) {
    return { message: undefined, problem: 'nested too deeply' };
  }
  const isBroken = text.includes('\\u') && hasBrokenNames(message);
  return { message, problem: isBroken ? 'not Unicode' : null };
}
