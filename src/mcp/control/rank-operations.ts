// Which operations a model means by a few words: by the words of name, title, tags, parameters and description, in this order of
// weight. A rare word says more than one that many operations have. A library would do no more here: texts are short and few.
import { isJsonObject } from '../../contract/json.ts';
import type { Operation } from '../../operations/operation.ts';

export type Ranked = Pick<Operation, 'name' | 'title' | 'description' | 'tags' | 'inputSchema'>;

/** Finds operations by words; the best first, and none that has no word of the query. */
export type RankOperations<Item extends Ranked> = (query: string) => readonly Item[];

/** Share of a word that counts where only its beginning is meant. */
const BEGINNING = 0.5;

/** Reads the words once, for all queries. */
export function createRanking<Item extends Ranked>(items: readonly Item[]): RankOperations<Item> {
  const known = items.map((item) => ({ item, weights: toWeights(item) }));
  return (query) => {
    // A single letter, such as an article, is the beginning of anything.
    const words = [...new Set(toWords(query).filter((word) => !/^[a-z]$/.test(word)))];
    const hits = words.map((word) => known.map(({ weights }) => weigh(weights, word)));
    const rarities = hits.map((list) => {
      const found = list.filter((weight) => weight > 0).length;
      return Math.log(1 + known.length / Math.max(1, found));
    });
    const scores = known.map(({ item }, at) => ({
      item,
      score: words.reduce(
        (sum, _, word) => sum + (hits[word]?.[at] ?? 0) * (rarities[word] ?? 0),
        0,
      ),
    }));
    // The order of the items decides between equals: sorting is stable.
    return scores
      .filter(({ score }) => score > 0)
      .sort((one, other) => other.score - one.score)
      .map(({ item }) => item);
  };
}

/** Each word of an operation with its highest weight. */
function toWeights({
  name,
  title,
  description,
  inputSchema,
  tags,
}: Ranked): ReadonlyMap<string, number> {
  const { properties } = inputSchema;
  const parameters = isJsonObject(properties) ? Object.keys(properties) : [];
  const fields: readonly (readonly [number, string])[] = [
    [1, description],
    [2, parameters.join(' ')],
    [4, tags.join(' ')],
    [4, title],
    [6, name],
  ];
  return new Map(fields.flatMap(([weight, text]) => toWords(text).map((word) => [word, weight])));
}

function weigh(weights: ReadonlyMap<string, number>, word: string): number {
  const whole = weights.get(word);
  if (whole !== undefined) return whole;
  const begun = [...weights].flatMap(([known, weight]) => (known.startsWith(word) ? weight : []));
  return Math.max(0, ...begun) * BEGINNING;
}

/** Small letters, camelCase and snake_case apart, and without the s of a plural. */
function toWords(text: string): string[] {
  const parted = text.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1 $2').toLowerCase();
  return (parted.match(/[\p{L}\p{N}]+/gu) ?? []).map((word) =>
    word.replace(/(?<=\p{L}{3})s$/u, ''),
  );
}
