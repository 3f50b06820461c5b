// Requests of a job after its submit: their parameters are those of the submit, what it answered, or what can be only one thing.
import type { Endpoint } from './endpoint.ts';
import type { Property } from './answers.ts';
import { parametersOf } from './catalogue.ts';
import { fillRequest, type Filled } from './request.ts';
import type { Seen } from './job.ts';
import { toSnake } from './status-words.ts';

export interface Later {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Objects around the job itself. */
const WRAPPERS = /^\/(data|result|job|run|task|operation|response|body|prediction|item)\//;

/** Where the answer of a submit has what a path needs; `null` where it says nothing of it. */
export function findId(parameter: string, properties: readonly Property[]): string | null {
  const wanted = toSnake(parameter);
  const near = properties.filter(
    ({ depth, pointer }) => depth === 0 || (depth === 1 && WRAPPERS.test(pointer)),
  );
  const stem = wanted.replace(/_?(id|uuid|name|handle)$/, '');
  const found =
    near.find(({ plain }) => plain === wanted) ??
    near.find(({ plain }) => plain === 'id' && !wanted.endsWith('name')) ??
    near.find(
      ({ plain }) => /_(id|uuid|handle)$/.test(plain) && stem !== '' && plain.startsWith(stem),
    ) ??
    near.find(({ plain }) => ['uuid', 'name', 'handle'].includes(plain) && wanted.endsWith(plain));
  return found?.pointer ?? null;
}

/** Parameters in the path of a later request that the submit does not have. */
export function unknownOf(later: Pick<Endpoint, 'path'>, submit: Filled): string[] {
  return parametersOf(later.path).filter((name) => findOwn(name, submit) === undefined);
}

function findOwn(name: string, { names }: Filled): string | undefined {
  return names.get(`path ${name}`) ?? names.get(`query ${name}`) ?? names.get(`body ${name}`);
}

/**
 * The request; `null` where it needs what nobody has said.
 *
 * @param placeholders by the name of the parameter, such as `{handle}`
 */
export function toLater(
  { walk, prefix, filled: submit }: Seen,
  endpoint: Endpoint,
  placeholders: ReadonlyMap<string, string>,
): Later | null {
  const filled = fillRequest(walk, endpoint, prefix);
  const missing: string[] = [];
  /** The parameters of this request as the submit calls them; what may be left out is left out. */
  const rename = (template: string, isNeeded: boolean): string | null => {
    const unknown: string[] = [];
    const renamed = template.replaceAll(
      /\{(\+?)([A-Za-z0-9_-]+)\}/g,
      (written, plus: string, own: string) => {
        const [key = ''] = [...filled.names].find(([, name]) => name === own) ?? [];
        const name = key.slice(key.indexOf(' ') + 1);
        const known =
          placeholders.get(name) ?? (isNeeded ? toPlaceholder(findOwn(name, submit)) : undefined);
        if (known === undefined) {
          unknown.push(name);
          if (isNeeded) missing.push(name);
          return written;
        }
        return plus === '' ? known : known.replace('{', '{+');
      },
    );
    return unknown.length === 0 ? renamed : null;
  };
  const needed = new Set(filled.input.required);
  const isNeeded = (template: string): boolean =>
    [...template.matchAll(/\{\+?([A-Za-z0-9_-]+)\}/g)].some(([, name = '']) => needed.has(name));
  const path = rename(filled.path, true);
  const query = filled.query.flatMap((pair) => rename(pair, isNeeded(pair)) ?? []);
  const headers = Object.entries(filled.headers).flatMap(([name, value]) => {
    if (name === 'content-type') return [];
    const renamed = rename(value, isNeeded(value));
    return renamed === null ? [] : [[name, renamed] as const];
  });
  const asksForBody = endpoint.body?.required === true && endpoint.method !== 'GET';
  if (path === null || missing.length > 0 || asksForBody) return null;
  return {
    method: endpoint.method,
    path: query.length > 0 ? `${path}?${query.join('&')}` : path,
    headers: Object.fromEntries(headers),
  };
}

function toPlaceholder(name: string | undefined): string | undefined {
  return name === undefined ? undefined : `{${name}}`;
}
