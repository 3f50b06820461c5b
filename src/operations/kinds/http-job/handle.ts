// What answers of a job's upstream say that later requests need: an id, a location, several of them. It is kept in the
// workflow's history. Invariant: a kept URL is absolute, and has one of the origins that the declaration lists.
import { isExactNumber } from '../../../contract/json/exact-number.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { Exchanged } from '../http/exchange.ts';
import { isOfBody, readSource } from '../http/source.ts';
import { checkOrigin } from '../http/url-template.ts';
import type { Redactor } from '../template/redact.ts';

/** Where the handle stands: one value, or several by name. */
export type HandleSources = string | Readonly<Record<string, string>>;

export interface HandleUse {
  /** The fields with which URLs begin, such as `handle` or `handle.status`. */
  readonly urls: ReadonlySet<string>;
  /** Where these URLs may lead. */
  readonly origins: ReadonlySet<string>;
}

/** Longest value, in characters: it is stored, and stands in every URL of the polls. */
const LONGEST_VALUE = 2_048;

/**
 * The handle after an answer. Throws what the answer's `unusable` makes, where a value is missing, is too long, holds a
 * secret, or leads to an origin that is not listed.
 *
 * @param known what earlier answers said; `undefined` where this is the first
 * @param isWhole whether every value must be there; otherwise those that are not stay as they were
 */
export function takeHandle(
  answer: Exchanged,
  sources: HandleSources,
  {
    use,
    redactor,
    known,
    isWhole,
  }: {
    readonly use: HandleUse;
    readonly redactor: Redactor;
    readonly known: Json | undefined;
    readonly isWhole: boolean;
  },
): Json | undefined {
  const take = (source: string, field: string): Json | undefined => {
    const value = readSource(answer, source);
    if (value === undefined || (value === null && !isWhole)) {
      if (!isWhole) return undefined;
      throw answer.unusable(
        isOfBody(source)
          ? `its body has nothing at ${source}`
          : `it has no header ${toName(source)}`,
      );
    }
    return checkValue(answer, source, value, redactor, use.urls.has(field) ? use.origins : null);
  };
  if (typeof sources === 'string') return take(sources, 'handle') ?? known;
  const taken = Object.entries(sources).flatMap(([name, source]) => {
    const value = take(source, `handle.${name}`);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...(isJsonObject(known) && known), ...Object.fromEntries(taken) };
}

function toName(source: string): string {
  return source.slice(source.lastIndexOf('.') + 1);
}

function checkValue(
  answer: Exchanged,
  source: string,
  value: Json,
  redactor: Redactor,
  origins: ReadonlySet<string> | null,
): Json {
  const at = `what it has at ${source} is no job id`;
  const text = typeof value === 'number' || isExactNumber(value) ? JSON.stringify(value) : value;
  if (typeof text !== 'string' || text === '') {
    throw answer.unusable(`${at}: expected a string or a number`);
  }
  if (text.length > LONGEST_VALUE) {
    throw answer.unusable(`${at}: it has ${text.length} characters, of at most ${LONGEST_VALUE}`);
  }
  if (redactor.text(text) !== text) {
    throw answer.unusable('its job id holds a secret, and a job id is stored');
  }
  if (origins === null) return value;
  try {
    const url = new URL(text, answer.url);
    checkOrigin(url, origins);
    return url.href;
  } catch (thrown) {
    throw answer.unusable(`its job id cannot be asked for: ${(thrown as Error).message}`);
  }
}

/** The schema of `handle`, as placeholders see it beside the parameters. */
export function toHandleSchema(sources: readonly HandleSources[]): JsonObject {
  if (sources.every((each) => typeof each === 'string')) {
    return { type: 'string', properties: {}, additionalProperties: false };
  }
  const names = namesOf(sources);
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
    required: names,
    additionalProperties: false,
  };
}

/** A handle with which later requests can be built before there is one. */
export function toStandIn(sources: readonly HandleSources[], { urls, origins }: HandleUse): Json {
  const [home = ''] = origins;
  const stand = (field: string): string => (urls.has(field) ? `${home}/handle` : 'handle');
  if (sources.every((each) => typeof each === 'string')) return stand('handle');
  return Object.fromEntries(namesOf(sources).map((name) => [name, stand(`handle.${name}`)]));
}

/**
 * Checks that answers agree on what the handle is.
 *
 * @throws {TypeError} when one has a single value and another several by name, or none says it
 */
export function checkSources(sources: readonly HandleSources[]): void {
  if (sources.length === 0) {
    throw new TypeError('handle: expected where the id of the job stands, such as /id');
  }
  const kinds = new Set(sources.map((each) => typeof each));
  if (kinds.size > 1) {
    throw new TypeError('handle: it is one value or several by name, in every answer the same');
  }
}

function namesOf(sources: readonly HandleSources[]): string[] {
  return [
    ...new Set(sources.flatMap((each) => (typeof each === 'string' ? [] : Object.keys(each)))),
  ];
}
