// Declarations as a configuration that a person reads: what was concluded rather than said has a comment.
import { Document, isMap, isScalar, visit, type Node, type Pair } from 'yaml';
import { toPrintableLine } from '../contract/text.ts';
import type { Declared } from './declare.ts';

/** Lists of words stand in one line up to so many characters. */
const LONGEST_LINE = 80;

export function toConfiguration(declared: readonly Declared[], comment: string): string {
  const document = new Document({
    operations: Object.fromEntries(declared.map(({ name, declaration }) => [name, declaration])),
  });
  document.commentBefore = toComment(comment);
  visit(document, {
    Seq: (_, list) => {
      list.flow = list.items.every(isScalar) && list.items.join().length <= LONGEST_LINE;
    },
  });
  for (const { name, notes } of declared) {
    for (const { path, text } of notes) annotate(document, ['operations', name, ...path], text);
  }
  return document.toString({ lineWidth: 0, singleQuote: true, flowCollectionPadding: false });
}

/** Above the key of that path, or of the nearest around it that is there. */
function annotate(document: Document, path: readonly string[], text: string): void {
  for (let length = path.length; length > 0; length -= 1) {
    const parent = document.getIn(path.slice(0, length - 1), true);
    const pair = isMap(parent)
      ? parent.items.find(({ key }) => isScalar(key) && key.value === path[length - 1])
      : undefined;
    const key = (pair as Pair<Node> | undefined)?.key;
    if (!key) continue;
    const line = toComment(text);
    key.commentBefore = key.commentBefore ? `${key.commentBefore}\n${line}` : line;
    return;
  }
}

function toComment(text: string): string {
  return ` ${toPrintableLine(text)}`;
}
