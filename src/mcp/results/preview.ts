// What an answer shows of a result that does not fit into it: of JSON its shape, with what is short in it, of a text its beginning.
import { isJsonArray, isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { toLines } from './lines.ts';
import { toShape, sayType, type ShapeLimits } from './shape.ts';
import { estimateTokens } from './tokens.ts';

/** From much to little: the first that fits is shown. */
const LIMITS: readonly ShapeLimits[] = [
  { depth: 4, keys: 50, whole: 4_000 },
  { depth: 4, keys: 50, whole: 200 },
  { depth: 3, keys: 30, whole: 100 },
  { depth: 2, keys: 30, whole: 40 },
  { depth: 2, keys: 10, whole: 40 },
  { depth: 1, keys: 10, whole: 40 },
];

export function toPreview(result: Json, budgetTokens: number): JsonObject {
  if (typeof result === 'string') return toBeginning(result, budgetTokens);
  if (!isJsonArray(result) && !isJsonObject(result)) return { type: sayType(result) };
  const shapes = LIMITS.map((limits) => toShape(result, limits));
  const shape = shapes.find((one) => estimateTokens(JSON.stringify(one)) <= budgetTokens);
  return { type: sayType(result), ...(shape !== undefined && { shape }) };
}

function toBeginning(text: string, budgetTokens: number): JsonObject {
  const lines = toLines(text);
  const beginning = takeLines(lines, budgetTokens).join('');
  return { type: sayType(text), lines: lines.length, beginning };
}

/** As many lines as fit, in order. */
export function takeLines(lines: readonly string[], budgetTokens: number): readonly string[] {
  let tokens = 0;
  const end = lines.findIndex((line) => {
    tokens += estimateTokens(JSON.stringify(line));
    return tokens > budgetTokens;
  });
  return end < 0 ? lines : lines.slice(0, end);
}
