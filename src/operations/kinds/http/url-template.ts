// The URL of a declared request. Scheme, host and port are literal (or configuration, resolved once): no parameter and
// no secret reaches them. Invariant: the rendered URL has the origin of the template, and as many path segments, also for a
// program that decodes the path before it takes it apart; only `{+field}` adds segments, and none of them leads upwards.
// A URL of an answer, with which a template may begin, has one of the origins that the declaration lists.
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json } from '../../../contract/json.ts';
import { resolvePath } from '../../../contract/json/pointer.ts';
import { LEADING_VARIABLE } from '../../../contract/secret-reference.ts';
import { cut } from '../../../contract/text.ts';
import type { Environment } from '../kind.ts';
import { percentEncode, refuseField, renderText, type Values } from '../template/render.ts';
import { fieldsOf, parsePathTemplate, parseTemplate, type Template } from '../template/template.ts';

export interface UrlTemplate {
  /** Scheme, host and port; `null` where it begins with a URL of an answer. */
  readonly origin: string | null;
  /** The field that holds the URL of an answer with which it begins; `null` where it begins as declared. */
  readonly start: readonly string[] | null;
  /** A configured base path, without a slash at its end; usually empty. */
  readonly basePath: string;
  /** The environment variable that the URL begins with; `null` where it is literal. */
  readonly variable: string | null;
  readonly segments: readonly Template[];
  readonly query: readonly QueryPair[];
}

interface QueryPair {
  readonly name: string;
  /** `null` when the pair has no `=`. */
  readonly value: Template | null;
}

const LITERAL = /^https?:\/\/[^/?#{}$\\\s]+/i;

/** @throws {TypeError} when scheme, host or port are not literal, or the URL cannot be used; the message says why */
export function parseUrlTemplate(source: string, environment: Environment): UrlTemplate {
  const base = parseBase(source, environment);
  const { rest } = base;
  if (base.start !== null) return parseRest(source, base, rest);
  if (rest !== '' && !/^[/?]/.test(rest)) {
    throw new TypeError(
      `${source}: placeholders and references may stand in path and query, never in scheme, host or port`,
    );
  }
  return parseRest(source, base, rest);
}

function parseRest(source: string, base: Omit<Base, 'rest'>, rest: string): UrlTemplate {
  if (rest.includes('#')) throw new TypeError(`${source}: a fragment is never sent; leave out "#"`);
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  if (path.includes('${')) {
    throw new TypeError(`${source}: a secret in the path would show in errors; use a header`);
  }
  return {
    origin: base.origin,
    start: base.start,
    basePath: base.basePath,
    variable: LEADING_VARIABLE.exec(source)?.[1] ?? null,
    segments: path
      .split('/')
      .slice(base.start === null ? 1 : 0)
      .map(parsePathTemplate),
    query:
      mark < 0
        ? []
        : rest
            .slice(mark + 1)
            .split('&')
            .filter(Boolean)
            .map(parsePair),
  };
}

/** @throws {OperationError} INVALID_PARAMETERS, when a value would change which segment it is */
export function renderUrl(
  template: UrlTemplate,
  values: Values,
  origins: ReadonlySet<string> = new Set(),
): URL {
  if (template.start !== null) return renderAnswered(template, template.start, values, origins);
  const path = template.segments.map((segment) => `/${renderSegment(segment, values)}`).join('');
  const query = template.query.flatMap((pair) => renderPair(pair, values)).join('&');
  const url = new URL(`${template.origin}${template.basePath}${path}${query && `?${query}`}`);
  if (url.origin !== template.origin) {
    throw new TypeError(`${template.origin ?? ''}: the origin changed`);
  }
  return url;
}

/** A URL of an answer, with what the template adds to its path and its query. */
function renderAnswered(
  template: UrlTemplate,
  start: readonly string[],
  values: Values,
  origins: ReadonlySet<string>,
): URL {
  const given = renderText([{ kind: 'field', path: start }], values);
  if (given === undefined) throw refuseField(start, 'is needed for the URL');
  if (!URL.canParse(given)) throw refuseField(start, 'is no absolute URL');
  const url = new URL(given);
  checkOrigin(url, origins);
  const path = template.segments.map((segment) => renderSegment(segment, values)).join('/');
  const query = template.query.flatMap((pair) => renderPair(pair, values)).join('&');
  url.pathname += path;
  url.search = [url.search.slice(1), query].filter(Boolean).join('&');
  url.hash = '';
  return url;
}

/** Fails with `UPSTREAM_REJECTED` where a URL of an answer leads to an origin that the declaration does not list. */
export function checkOrigin(url: URL, origins: ReadonlySet<string>): void {
  if (url.username !== '' || url.password !== '') {
    throw new OperationError('UPSTREAM_REJECTED', 'a URL of an answer holds credentials');
  }
  if (origins.has(url.origin)) return;
  throw new OperationError(
    'UPSTREAM_REJECTED',
    `a URL of an answer leads to ${cut(url.origin, SHOWN_CHARACTERS, '…')}, which is none of the origins of this ` +
      `operation (${[...origins].join(', ')}); list it in origins if it is to be asked`,
  );
}

interface Base {
  readonly origin: string | null;
  readonly start: readonly string[] | null;
  readonly basePath: string;
  readonly rest: string;
}

/** `{handle}` or `{handle.name}`: what the answers of a job say. */
const ANSWERED = /^\{(handle(?:\.[A-Za-z0-9_-]+)?)\}/;

function parseBase(source: string, environment: Environment): Base {
  const answered = ANSWERED.exec(source);
  if (answered?.[1] !== undefined) {
    const start = answered[1].split('.');
    return { origin: null, start, basePath: '', rest: source.slice(answered[0].length) };
  }
  const name = LEADING_VARIABLE.exec(source)?.[1];
  if (name === undefined) {
    const literal = LITERAL.exec(source)?.[0];
    if (literal === undefined) {
      throw new TypeError(
        `${source}: expected an absolute http or https URL with a literal host, or \${env:NAME} at its beginning`,
      );
    }
    return { ...parseOrigin(literal, source), start: null, rest: source.slice(literal.length) };
  }
  const configured = environment[name];
  if (configured === undefined || configured === '') {
    throw new TypeError(`${source}: the environment variable ${name} is not set; set it to a URL`);
  }
  const rest = source.slice(`\${env:${name}}`.length);
  return { ...parseOrigin(configured, name), start: null, rest };
}

/** @throws {TypeError} when it is none */
export function parseOrigin(text: string, where: string): { origin: string; basePath: string } {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new TypeError(`${where}: expected an absolute http or https URL`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`${where}: credentials do not belong into a URL; use a header`);
  }
  if (url.search !== '' || url.hash !== '') {
    throw new TypeError(`${where}: a base URL has neither query nor fragment`);
  }
  return { origin: url.origin, basePath: url.pathname.replace(/\/+$/, '') };
}

function parsePair(source: string): QueryPair {
  const equals = source.indexOf('=');
  const name = equals < 0 ? source : source.slice(0, equals);
  if (/[{}]/.test(name)) throw new TypeError(`${source}: the name of a query pair must be literal`);
  return { name, value: equals < 0 ? null : parseTemplate(source.slice(equals + 1)) };
}

/** A slash or a backslash, as itself or percent-encoded, however often. */
const BORDER = /[/\\]|%(25)*(2f|5c)/i;

/** What leads nowhere or upwards. */
const DOTS = /^(\.|%(25)*2e){0,2}$/i;

function renderSegment(segment: Template, values: Values): string {
  const rendered = renderText(segment, values, percentEncode);
  const fields = fieldsOf(segment);
  const [first] = fields;
  if (first === undefined) return rendered ?? '';
  if (rendered === undefined) throw refuseField(first, 'is needed for the path of the URL');
  const reserved = segment.some((piece) => piece.kind === 'field' && piece.reserved === true);
  const raw = renderText(segment, values) ?? '';
  if ((reserved ? raw.split('/') : [raw]).some((part) => DOTS.test(part))) {
    throw refuseField(
      first,
      'makes a path segment that is empty, "." or "..", which is another URL',
    );
  }
  for (const field of fields) {
    const value = renderText([{ kind: 'field', path: field }], values) ?? '';
    if (!BORDER.test(reserved ? value.replaceAll('/', '') : value)) continue;
    const shown = JSON.stringify(cut(value, SHOWN_CHARACTERS, '…'));
    throw refuseField(
      field,
      `stands in the path of the URL, so it must not hold a slash or a backslash, not even encoded: ${shown}`,
    );
  }
  return rendered;
}

const SHOWN_CHARACTERS = 80;

function renderPair({ name, value }: QueryPair, values: Values): string[] {
  if (value === null) return [name];
  const [only, ...others] = value;
  if (only?.kind === 'field' && others.length === 0) {
    const whole = resolvePath(values.fields, only.path);
    if (Array.isArray(whole) || isJsonObject(whole)) return renderParts(name, whole);
  }
  const rendered = renderText(value, values, percentEncode);
  return rendered === undefined ? [] : [`${name}=${rendered}`];
}

/** As in a form: a list repeats its name, and the fields of an object stand in brackets. */
function renderParts(name: string, value: Json): string[] {
  if (value === null) return [];
  if (Array.isArray(value)) {
    return value.flatMap((item: Json) => renderParts(name, item));
  }
  if (isJsonObject(value)) {
    return Object.entries(value).flatMap(([key, item]) =>
      renderParts(`${name}[${percentEncode(key)}]`, item),
    );
  }
  return renderPair(
    { name, value: [{ kind: 'field', path: ['item'] }] },
    { fields: { item: value }, secrets: new Map() },
  );
}
