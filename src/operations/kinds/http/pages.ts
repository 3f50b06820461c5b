// A result in one answer, or in pages that are put together within bounds.
import { OperationError } from '../../../contract/errors.ts';
import { toJsonText, type Json } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';
import { isPresent } from './condition.ts';
import type { DeclaredExchange } from './declared-exchange.ts';
import type { Exchanged } from './exchange.ts';
import { resolvePointer } from '../../../contract/json/pointer.ts';
import { checkRefused, type Refusals } from './refusal.ts';
import { readSource } from './source.ts';

/** What is taken of the answer. */
export interface ResultDeclaration extends Refusals {
  readonly result: string;
  readonly pages?:
    | { readonly next: string; readonly query?: string | undefined; readonly max: number }
    | undefined;
}

/** @throws {TypeError} when a file is to be a part of an answer */
export function checkResult({
  store,
  result,
  pages,
}: Pick<ResultDeclaration, 'result' | 'pages'> & { readonly store: boolean }): void {
  if (!store || (result === '' && pages === undefined)) return;
  throw new TypeError('store keeps the whole answer, so neither result nor pages can name a part');
}

/** Most that pages may have together, in characters of JSON. */
const LONGEST = 67_108_864;

/**
 * Gets the result. Fails as the exchange does, and with `RESULT_TOO_LARGE` where there are too many pages.
 *
 * @param refuse what is thrown where a page is none
 */
export async function fetchResult(
  exchange: DeclaredExchange,
  declared: ResultDeclaration,
  fields: Json,
  context: DeclaredContext,
  refuse: (error: OperationError) => Error = (error) => error,
): Promise<Json> {
  const { pages } = declared;
  const get = async (change?: (url: URL) => URL) =>
    exchange.perform(
      fields,
      context,
      (answer, redactor) => {
        checkRefused(answer, declared, redactor);
        const part = redactor.json(takePart(answer, declared.result));
        return {
          part,
          where: answer.where,
          next: pages && toNext(answer, pages.next),
          url: answer.url,
        };
      },
      change,
    );
  let page = await get();
  if (pages === undefined) return page.part;
  const items: Json[] = [];
  const seen = new Set<string>();
  for (let size = 0; ;) {
    const { part, where, next, url } = page;
    if (!Array.isArray(part)) {
      throw refuse(
        new OperationError(
          'UPSTREAM_REJECTED',
          `${where}, but what it has at ${declared.result} is no list`,
        ),
      );
    }
    items.push(...(part as readonly Json[]));
    size += JSON.stringify(part).length;
    if (next === undefined) return items;
    if (seen.size + 1 >= pages.max || size > LONGEST) {
      throw new OperationError(
        'RESULT_TOO_LARGE',
        `${where}: the result has more than ${pages.max} pages or ${LONGEST} characters (pages.max)`,
      );
    }
    if (seen.has(next)) {
      throw refuse(
        new OperationError(
          'UPSTREAM_REJECTED',
          `${where}, but its next page is one that was read already`,
        ),
      );
    }
    seen.add(next);
    const { query } = pages;
    page = await get((first) => {
      if (query === undefined) return new URL(next, url);
      const changed = new URL(first);
      changed.searchParams.set(query, next);
      return changed;
    });
  }
}

/** The next page as an answer names it; `undefined` where it is the last. */
function toNext(answer: Exchanged, source: string): string | undefined {
  const value = readSource(answer, source);
  if (!isPresent(value) || typeof value === 'boolean') return undefined;
  const text = toJsonText(value ?? null);
  return /\.link$/i.test(source) && source.startsWith('$') ? toLinked(text) : text;
}

/** The target of the relation `next` (RFC 8288). */
function toLinked(links: string): string | undefined {
  for (const [, target, parameters = ''] of links.matchAll(/<([^>]*)>((?:\s*;[^,<]*)*)/g)) {
    if (/;\s*rel\s*=\s*"?(?:[^"]*\s)?next(?:\s[^"]*)?"?\s*(?:;|$)/i.test(parameters)) return target;
  }
  return undefined;
}

/** The part of an answer that a pointer names. Throws what `unusable` makes, when the answer has no such part. */
function takePart({ read, unusable }: Exchanged, pointer: string): Json {
  const part = resolvePointer(read(), pointer);
  if (part !== undefined) return part;
  throw unusable(`its body has nothing at ${pointer}`);
}
