// How many tokens a text costs a model, estimated without its vocabulary: tokenizers carry 2 MB of tables and take ten times as
// long. A token is a word or a part of one, up to three digits, or a few signs. The test measures the error against o200k_base.

type Kind = 'lower' | 'upper' | 'digit' | 'sign' | 'blank' | 'line' | 'other' | 'ideograph';

/** Tokens of a run of characters of one kind, by its length. */
const RUNS: Readonly<Record<Kind, (length: number) => number>> = {
  lower: (length) => Math.max(1, length / 6),
  upper: (length) => Math.max(1, length / 3),
  digit: (length) => Math.ceil(length / 3),
  sign: (length) => Math.ceil(length / 3),
  blank: (length) => (length > 1 ? 1 : 0), // one blank belongs to the word behind it
  line: () => 1,
  other: (length) => Math.max(1, length / 3.5), // Greek, Cyrillic, Arabic and so on
  ideograph: (length) => length * 0.83, // Chinese, Japanese, Korean; an emoji is two
};

const KINDS: readonly Kind[] = Array.from({ length: 128 }, (_, code) =>
  toKind(String.fromCharCode(code)),
);

/** Characters that are counted one by one; of a longer text, as many from its beginning, its middle and its end. */
const SAMPLE = 128 * 1024;

export function estimateTokens(text: string): number {
  if (text.length <= 3 * SAMPLE) return countPieces(text);
  const starts = [0, (text.length - SAMPLE) >> 1, text.length - SAMPLE];
  const sampled = starts.map((start) => countPieces(text.slice(start, start + SAMPLE)));
  const tokens = sampled.reduce((sum, one) => sum + one, 0);
  return Math.ceil((tokens / (3 * SAMPLE)) * text.length);
}

function countPieces(text: string): number {
  let tokens = 0;
  let kind: Kind = 'lower';
  let start = 0;
  for (let at = 0; at <= text.length; at += 1) {
    const next = at < text.length ? kindAt(text, at) : null;
    if (next === kind) continue;
    if (at > start) {
      // A capital and the small letters behind it are one word.
      const isWord = kind === 'upper' && next === 'lower' && at - start === 1;
      if (isWord) kind = 'lower';
      else tokens += RUNS[kind](at - start);
      if (isWord) continue;
    }
    start = at;
    kind = next ?? kind;
  }
  return Math.ceil(tokens);
}

function kindAt(text: string, at: number): Kind {
  const code = text.charCodeAt(at);
  if (code < 128) return KINDS[code] ?? 'sign';
  if (code < 0x250) return 'lower';
  return code < 0x1100 ? 'other' : 'ideograph';
}

function toKind(character: string): Kind {
  if (/[a-z]/.test(character)) return 'lower';
  if (/[A-Z]/.test(character)) return 'upper';
  if (/\d/.test(character)) return 'digit';
  if (character === '\n') return 'line';
  return /\s/.test(character) ? 'blank' : 'sign';
}
