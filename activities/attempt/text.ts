// Words of others, made fit to travel in a failure or a heartbeat.
import { cut, toPrintable } from '../../src/contract/text.ts';

/**
 * The text, cut after so many characters, without what a terminal obeys; half a surrogate pair, which Temporal refuses,
 * becomes U+FFFD.
 */
export function shorten(text: string, characters: number): string {
  return cut(toPrintable(text), characters, ' …');
}
