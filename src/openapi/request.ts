// What a request of a description sends, as a template, and the parameters that fill it. Each value that a caller may choose is one
// parameter of the operation; what can be only one thing is written down.
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { isHeaderName } from '../operations/kinds/http/header-template.ts';
import { fillBody } from './body.ts';
import type { Endpoint, Parameter } from './endpoint.ts';
import { toParameterName, toVariable } from './names.ts';
import { isIdempotencyKey } from './idempotency.ts';
import type { Walk } from './walk.ts';
import { toSchema } from './schema.ts';

export interface Filled {
  /** Path and query. */
  readonly path: string;
  readonly query: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly content: { readonly body?: Json; readonly file?: string };
  readonly input: { readonly properties: JsonObject; readonly required: readonly string[] };
  /** Where each parameter of the description went: by `path name`, the name of the operation's own. */
  readonly names: ReadonlyMap<string, string>;
  /** The header by which the upstream tells a repeated request. */
  readonly idempotencyHeader: string | null;
  /** Whether the request carries the key of the task, in that header or elsewhere. */
  readonly isIdempotent: boolean;
  readonly notes: readonly string[];
}

/** Headers that OpenAPI leaves to other places, and one that says how long to hold an answer. */
const ELSEWHERE = ['accept', 'content-type', 'authorization', 'prefer'];
const IDEMPOTENCY = /^(x-)?idempotency-key$|^x-request-idempotency-key$/i;
/** Names that mean something else in a declaration. */
const TAKEN = ['handle', 'idempotencyKey', 'idempotency_key'];

/** Fills a request. A part that cannot be sent is left out, and said. */
export function fillRequest(around: Walk, endpoint: Endpoint, prefix: string): Filled {
  const walk = { ...around, count: { nodes: 0 } };
  const properties: Record<string, Json> = {};
  const required: string[] = [];
  const names = new Map<string, string>();
  const notes: string[] = [];
  const headers: Record<string, string> = {};
  const query: string[] = [];
  const cookies: { readonly text: string; readonly required: boolean }[] = [];
  let idempotencyHeader: string | null = null;

  const add = (key: string, wanted: string, schema: JsonObject, isNeeded: boolean): string => {
    const base = toParameterName(wanted);
    const [place = ''] = key.split(' ');
    const isFree = (one: string): boolean =>
      !Object.hasOwn(properties, one) && !TAKEN.includes(one);
    let name = isFree(base) ? base : `${place}_${base}`;
    for (let time = 2; !isFree(name); time += 1) name = `${place}_${base}_${time}`;
    properties[name] = schema;
    if (isNeeded) required.push(name);
    names.set(key, name);
    return name;
  };
  const fill = (parameter: Parameter): string => {
    const schema = toSchema(walk, parameter.schema);
    const { description } = toSchema(walk, parameter.place); // the text beside the schema is the nearer one
    const described = description === undefined ? schema : { ...schema, description };
    return add(
      `${parameter.in} ${parameter.name}`,
      parameter.name,
      toSendable(parameter, described),
      parameter.required,
    );
  };

  for (const parameter of endpoint.parameters) {
    const { name, in: at } = parameter;
    const constant = toConstant(walk, parameter);
    if (at === 'path') {
      if (!endpoint.path.includes(`{${name}}`) && !isReserved(endpoint.path, name)) {
        walk.findings.add(parameter.place, `the path has no {${name}}; the parameter is left out`);
      } else if (parameter.style !== 'simple') {
        notes.push(
          `${name} is a path parameter of the style ${parameter.style}, and sent as it is`,
        );
        fill(parameter);
      } else fill(parameter);
    } else if (at === 'query') {
      const written = encodeURIComponent(name);
      if (isCredential(name)) {
        query.push(`${written}=\${env:${toVariable(prefix, 'key')}}`);
        continue;
      }
      if (isIdempotencyKey(name, parameter.description)) {
        query.push(`${written}={idempotencyKey}`);
        notes.push(`guessed: ${name} tells a repeated request`);
        continue;
      }
      query.push(
        constant === null
          ? `${written}={${fill(parameter)}}`
          : `${written}=${escape(encodeURIComponent(constant))}`,
      );
    } else if (at === 'header') {
      if (IDEMPOTENCY.test(name)) idempotencyHeader = name;
      else if (ELSEWHERE.includes(name.toLowerCase())) continue;
      else if (isCredential(name))
        headers[name.toLowerCase()] = `\${env:${toVariable(prefix, 'key')}}`;
      else if (!isHeaderName(name)) {
        walk.findings.add(
          parameter.place,
          `${JSON.stringify(name)} is no header that may be set; it is left out`,
        );
      } else
        headers[name.toLowerCase()] = constant === null ? `{${fill(parameter)}}` : escape(constant);
    } else if (at === 'cookie') {
      if (constant !== null) cookies.push({ text: `${name}=${escape(constant)}`, required: true });
      else if (parameter.required || cookies.length === 0)
        cookies.push({ text: `${name}={${fill(parameter)}}`, required: parameter.required });
      else
        notes.push(`the optional cookie ${name} is left out: a header is sent whole or not at all`);
    } else {
      walk.findings.add(
        parameter.place,
        `there is no place ${JSON.stringify(at)} for a parameter; it is left out`,
      );
    }
  }
  if (cookies.length > 0) {
    const kept = cookies.some((one) => one.required)
      ? cookies.filter((one) => one.required)
      : cookies;
    headers['cookie'] = kept.map(({ text }) => text).join('; ');
  }
  const path = endpoint.path.replaceAll(/\{([^{}]*)\}/g, (_, written: string) => {
    const [, plus = '', name = '', pattern = ''] = /^(\+?)([^=]*)(?:=(.*))?$/.exec(written) ?? [];
    const known = names.get(`path ${name}`) ?? names.get(`path ${written}`);
    if (known === undefined) {
      walk.findings.add(
        endpoint.place,
        `the path names {${written}}, which no parameter declares; it is taken for a text`,
      );
    }
    const field = known ?? add(`path ${name}`, name, { type: 'string' }, true);
    return plus === '+' || pattern.includes('/') || pattern.includes('**')
      ? `{+${field}}`
      : `{${field}}`;
  });
  const { type, ...sent } = endpoint.body ? fillBody(walk, endpoint.body, add, notes) : {};
  return {
    path,
    query,
    headers: { ...headers, ...(type !== undefined && { 'content-type': type }) },
    content: sent,
    input: { properties, required },
    names,
    idempotencyHeader,
    isIdempotent:
      idempotencyHeader !== null || JSON.stringify([query, sent]).includes('{idempotencyKey}'),
    notes,
  };
}

/** Whether a parameter is a secret, which no caller chooses. */
function isCredential(name: string): boolean {
  return /^(x-)?([a-z0-9]+-)?(api[-_]?key|auth[-_]?token|access[-_]?token|api[-_]?token)$/i.test(
    name,
  );
}

function isReserved(path: string, name: string): boolean {
  return path.includes(`{+${name}}`) || path.includes(`{${name}=`);
}

/** The only value that a parameter may have, as text: a version of the API, or what has to be sent anyway. */
function toConstant(walk: Walk, { schema, required, name }: Parameter): string | null {
  if (!schema || !isJsonObject(schema.value)) return null;
  const { enum: values, default: preset, const: only } = schema.value;
  const isVersion = /version/i.test(name);
  const value =
    only ??
    (Array.isArray(values) && values.length === 1 && required
      ? (values as readonly Json[])[0]
      : undefined) ??
    (required && isVersion ? preset : undefined);
  return value === undefined || value === null || typeof value === 'object' ? null : String(value);
}

/** Where lists are one text, and objects cannot be sent. */
function toSendable({ in: at, repeats, style }: Parameter, schema: JsonObject): JsonObject {
  const isList = schema['type'] === 'array';
  if (!isList || (at === 'query' && repeats)) return schema;
  const separator = { spaceDelimited: 'spaces', pipeDelimited: '"|"' }[style] ?? 'commas';
  const about = typeof schema['description'] === 'string' ? `${schema['description']} ` : '';
  return { type: 'string', description: `${about}Several values are separated by ${separator}.` };
}

/** Braces of a text are none of a template. */
function escape(text: string): string {
  return text.replaceAll('{', '{{').replaceAll('}', '}}');
}
