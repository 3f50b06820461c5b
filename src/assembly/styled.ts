// Text in the style that a terminal shows; without it for everything else, such as a file.
import { styleText } from 'node:util';
import type { CommandContext } from './context.ts';

export type Style = Parameters<typeof styleText>[0];

export function toStyled(
  style: Style | undefined,
  text: string,
  { isTTY }: Pick<CommandContext['stdout'], 'isTTY'>,
): string {
  return isTTY && style !== undefined ? styleText(style, text, { validateStream: false }) : text;
}
