// What the answers of an operation say: where an id stands, where the status and with which words.
import { isJsonObject, type Json } from '../contract/json.ts';
import { toPointerStep } from '../contract/json/pointer.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import { step, textAt } from './place.ts';
import type { Place, Walk } from './walk.ts';
import { toMerged } from './schema.ts';
import { isOfWork, readWord, STATUS_NAMES, toSnake, type Told } from './status-words.ts';

/** The answers of success, with the most telling first: 202, then 201, then the others; `default` where nothing else is. */
export function successesOf({ answers }: Endpoint): Answer[] {
  const ranks = ['202', '201', '200', '2XX'];
  const rank = ({ status }: Answer): number =>
    (ranks.indexOf(status) + ranks.length + 1) % (ranks.length + 1);
  const told = answers.filter(({ status }) => status.startsWith('2'));
  return told.length === 0
    ? answers.filter(({ status }) => status === 'DEFAULT')
    : told.sort((one, other) => rank(one) - rank(other));
}

export function schemaOf(answer: Answer | undefined): Place | null {
  const found =
    answer?.contents.find(({ type }) => /json|\*\/\*/.test(type)) ?? answer?.contents[0];
  return found?.schema ?? null;
}

export interface Property {
  readonly name: string;
  /** In snake_case. */
  readonly plain: string;
  /** JSON Pointer. */
  readonly pointer: string;
  readonly schema: Place;
  readonly depth: number;
}

const DEEPEST = 3;
const MOST_PROPERTIES = 400;

/** Properties of an answer and of the objects in it, the outer ones first. */
export function listProperties(walk: Walk, schema: Place | null): readonly Property[] {
  const found: Property[] = [];
  let level = schema ? [{ place: schema, pointer: '' }] : [];
  const seen = new Set<Json>();
  for (let depth = 0; depth < DEEPEST && found.length < MOST_PROPERTIES; depth += 1) {
    const next: typeof level = [];
    for (const { place, pointer } of level) {
      if (seen.has(place.value)) continue;
      seen.add(place.value);
      for (const [name, property] of toMerged(walk, place)?.properties ?? []) {
        const here = pointer + toPointerStep(name);
        found.push({ name, plain: toSnake(name), pointer: here, schema: property, depth });
        next.push({ place: property, pointer: here });
      }
    }
    level = next;
  }
  return found;
}

/** How an answer says where a job stands. */
export interface Status {
  readonly pointer: string;
  /** Those of its enumeration, or of its description; none where nothing lists them. */
  readonly words: readonly string[];
  /** Whether they are those of something that begins, goes on and ends. */
  readonly isOfJob: boolean;
  readonly told: Readonly<Record<Told, readonly string[]>>;
}

/** The property that says it; `null` where there is none. */
export function readStatus(walk: Walk, properties: readonly Property[]): Status | null {
  const candidates = properties
    .filter(
      ({ plain, name }) => STATUS_NAMES.includes(plain) || STATUS_NAMES.includes(toSnake(name)),
    )
    .map((property) => {
      const listed = wordsOf(walk, property.schema);
      const words =
        listed.length > 0 ? listed : wordsIn(textAt(walk, property.schema, 'description'));
      const told = sortWords(words);
      const isOfJob = told.done.length > 0 && told.running.some(isOfWork);
      return { property, status: { pointer: property.pointer, words, told, isOfJob } };
    })
    .filter(({ property, status }) => status.words.length > 0 || isText(walk, property.schema));
  const [first] = candidates.filter(({ status }) => status.told.done.length > 0);
  const [other] = candidates.filter(({ status }) => status.words.length === 0);
  return (first ?? other)?.status ?? null;
}

/** Where another word says that it is done, `ready` says that it waits. */
function sortWords(words: readonly string[]): Readonly<Record<Told, readonly string[]>> {
  const isDone = (word: string): boolean => readWord(word) === 'done';
  const isReady = (word: string): boolean => /^ready$/i.test(word);
  const waits = words.some((word) => isDone(word) && !isReady(word)) ? isReady : () => false;
  return {
    done: words.filter((word) => isDone(word) && !waits(word)),
    failed: words.filter((word) => readWord(word) === 'failed'),
    running: words.filter((word) => readWord(word) === 'running' || waits(word)),
  };
}

function isText(walk: Walk, schema: Place): boolean {
  return textAt(walk, schema, 'type') === 'string';
}

/** Words of a status in prose: `pending`, `succeeded`, or `failed`; none unless they say that something goes on and ends. */
function wordsIn(description: string): string[] {
  const words = [...new Set(description.match(/[A-Za-z][A-Za-z_-]{2,}/g))].filter(
    (word) => readWord(word) !== 'running' || isOfWork(word),
  );
  const { done, running } = sortWords(words);
  return done.length > 0 && running.some(isOfWork) ? words : [];
}

/** The values of an enumeration, wherever it is written. */
function wordsOf(walk: Walk, { value, ...rest }: Place): string[] {
  if (!isJsonObject(value)) return [];
  const { enum: values } = value;
  if (Array.isArray(values)) return values.filter((one): one is string => typeof one === 'string');
  const all = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => {
    const list = step(walk, { value, ...rest }, keyword);
    return list && Array.isArray(list.value)
      ? list.value.map((_, index) => step(walk, list, index))
      : [];
  });
  return all.flatMap((place) => (place ? wordsOf(walk, place) : []));
}

/** A truth value that says whether a job has ended; `null` where there is none. */
export function readFlag(
  properties: readonly Property[],
): { readonly pointer: string; readonly done: boolean; readonly isOfJob: boolean } | null {
  const flags = properties.filter(
    ({ depth, schema: { value } }) =>
      depth < 2 && isJsonObject(value) && value['type'] === 'boolean',
  );
  const found =
    flags.find(({ plain }) => ENDED.test(plain)) ?? flags.find(({ plain }) => RUNS.test(plain));
  if (!found) return null;
  const done = ENDED.test(found.plain);
  return { pointer: found.pointer, done, isOfJob: !done };
}

const ENDED = /^(is_)?(done|completed?|finished|ended|ready)$/;
const RUNS = /^(is_)?(running|pending|in_progress|processing)$/;
