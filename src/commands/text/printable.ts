// What commands print, made harmless for a terminal: names, messages and progress come from upstreams and callers, and an escape
// among them could rename the window, hide a line or write another. In JSON the same escapes mean the same text.
import type { WriteStream } from 'node:tty';
import { toPrintable } from '../../contract/text.ts';
import type { CommandContext } from '../../assembly/context.ts';

type Output = Pick<WriteStream, 'write' | 'isTTY'>;

/** Bold, dim, italic, underlined and colours of the text, and their ends: what our own words are styled with. */
const STYLE = new RegExp(`(${String.fromCharCode(27)}\\[(?:[1-4]|2[2-4]|3[1-79]|9[0-7])m)`);

/** The same context, to which nothing is written that a terminal obeys; styles of our own pass where there is one. */
export function withPrintableOutput(context: CommandContext): CommandContext {
  return { ...context, stdout: toSafe(context.stdout), stderr: toSafe(context.stderr) };
}

function toSafe(output: Output): Output {
  const clean = (text: string) =>
    output.isTTY
      ? text
          .split(STYLE)
          .map((part, index) => (index % 2 === 1 ? part : toPrintable(part)))
          .join('')
      : toPrintable(text);
  return {
    isTTY: output.isTTY,
    write: (chunk: string | Uint8Array) =>
      output.write(typeof chunk === 'string' ? clean(chunk) : chunk),
  };
}
