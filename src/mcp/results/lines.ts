// Text as the lines that a model reads on by. A line that is too long for one answer counts as several. Invariants: lines put
// together are the text again, and none begins or ends within a character.

/** Longest line, in characters. */
const LINE_CHARACTERS = 400;

const LINES = new RegExp(`[^\\n]{1,${LINE_CHARACTERS}}\\n?|\\n`, 'gu');

/** The lines of a text, each with the line feed that ends it. */
export function toLines(text: string): readonly string[] {
  return text.match(LINES) ?? [];
}
