// Descriptions as a model reads them: prose without markup, in one line.
import { toPrintableLine } from '../contract/text.ts';

/** The text of Markdown or HTML. */
export function toPlainText(text: string): string {
  const plain = text
    .slice(0, 20_000)
    .replaceAll(/```[^]*?```/g, ' ')
    .replaceAll(/<[^<>]{1,500}>/g, ' ')
    .replaceAll(/!?\[([^\][]{0,500})\]\([^()\s]{0,1000}\)/g, '$1')
    .replaceAll(/^\s*(#{1,6}|[*-]|>|\|)\s+/gm, '')
    .replaceAll(/\*\*|__|`/g, '')
    .replaceAll(/\s+/g, ' ');
  return toPrintableLine(plain).trim();
}

/** The first paragraph of a text, as prose. */
export function toFirstParagraph(text: string): string {
  const [first = ''] = text.trim().split(/\n\s*\n/);
  return toPlainText(first);
}
