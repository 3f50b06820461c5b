// One operation of a description, in one form whatever the version: OpenAPI 3.0 and 3.1, and Swagger 2.
import { isJsonObject, type Json } from '../contract/json.ts';
import { entriesOf, isTrue, itemsOf, step, textAt, walkTo } from './place.ts';
import type { Place, Walk } from './walk.ts';

export type Version = 2 | 3;

export interface Listed {
  /** As it is imported. */
  readonly name: string;
  readonly operationId: string;
  /** In capitals. */
  readonly method: string;
  readonly path: string;
  /** The path item, and the operation in it. */
  readonly around: Place;
  readonly place: Place;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description: string;
  /** Where its schema stands; in Swagger 2 the parameter itself. */
  readonly schema: Place | null;
  /** Whether the values of a list are parameters of the same name each. */
  readonly repeats: boolean;
  readonly style: string;
  readonly place: Place;
}

export interface Content {
  readonly type: string;
  readonly schema: Place | null;
}

export interface Body {
  readonly required: boolean;
  readonly contents: readonly Content[];
  /** Fields of a form of Swagger 2, which has no schema. */
  readonly fields: readonly Parameter[];
  readonly place: Place;
}

export interface Answer {
  /** `200`, `2XX` or `default`. */
  readonly status: string;
  /** In lower case. */
  readonly headers: readonly string[];
  readonly contents: readonly Content[];
  readonly links: readonly (readonly [string, Place])[];
  readonly place: Place;
}

export interface Endpoint extends Listed {
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly Parameter[];
  readonly body: Body | null;
  readonly answers: readonly Answer[];
}

/** Reads what one request is. */
export function readEndpoint(walk: Walk, version: Version, root: Place, listed: Listed): Endpoint {
  const { place, around } = listed;
  const all = readParameters(walk, version, [around, place]);
  const inBody = all.filter(({ in: at }) => at === 'body' || at === 'formData');
  return {
    ...listed,
    summary: textAt(walk, place, 'summary') || textAt(walk, around, 'summary'),
    description: textAt(walk, place, 'description') || textAt(walk, around, 'description'),
    parameters: all.filter((each) => !inBody.includes(each)),
    body: version === 2 ? toOldBody(walk, root, place, inBody) : readBody(walk, place),
    answers: entriesOf(walk, step(walk, place, 'responses'))
      .filter(([status]) => /^([1-5](\d\d|XX)|default)$/i.test(status))
      .map(([status, answer]) =>
        readAnswer(walk, version, root, place, status.toUpperCase(), answer),
      ),
  };
}

/** Those of the operation precede those of its path. */
function readParameters(walk: Walk, version: Version, around: readonly Place[]): Parameter[] {
  const found = new Map<string, Parameter>();
  for (const place of around) {
    const here = new Set<string>();
    for (const each of itemsOf(walk, step(walk, place, 'parameters'))) {
      const parameter = readParameter(walk, version, each);
      if (parameter.name === '' || parameter.in === '') {
        walk.findings.add(each, 'a parameter without name or place is left out');
        continue;
      }
      const key = `${parameter.in} ${parameter.name}`;
      if (here.has(key)) {
        walk.findings.add(
          each,
          `the parameter ${parameter.name} is declared twice; the last one counts`,
        );
      }
      here.add(key);
      found.set(key, parameter);
    }
  }
  return [...found.values()];
}

function readParameter(walk: Walk, version: Version, place: Place): Parameter {
  const at = textAt(walk, place, 'in');
  const style =
    textAt(walk, place, 'style') || (at === 'query' || at === 'cookie' ? 'form' : 'simple');
  const explode = isJsonObject(place.value) ? place.value['explode'] : undefined;
  const [content] = entriesOf(walk, step(walk, place, 'content'));
  return {
    name: textAt(walk, place, 'name'),
    in: at,
    required: at === 'path' || isTrue(place, 'required'),
    description: textAt(walk, place, 'description'),
    schema:
      version === 2 && at !== 'body'
        ? place
        : (step(walk, place, 'schema') ?? (content ? step(walk, content[1], 'schema') : null)),
    repeats:
      version === 2
        ? textAt(walk, place, 'collectionFormat') === 'multi'
        : content === undefined && (typeof explode === 'boolean' ? explode : style === 'form'),
    style,
    place,
  };
}

function readBody(walk: Walk, place: Place): Body | null {
  const body = step(walk, place, 'requestBody');
  if (!body) return null;
  const contents = readContents(walk, body);
  return contents.length === 0
    ? null
    : { required: isTrue(body, 'required'), contents, fields: [], place: body };
}

function readContents(walk: Walk, place: Place): Content[] {
  return entriesOf(walk, step(walk, place, 'content')).map(([type, content]) => ({
    type: type.toLowerCase(),
    schema: step(walk, content, 'schema'),
  }));
}

function toOldBody(
  walk: Walk,
  root: Place,
  place: Place,
  parameters: readonly Parameter[],
): Body | null {
  const [whole, ...more] = parameters.filter(({ in: at }) => at === 'body');
  const fields = parameters.filter(({ in: at }) => at === 'formData');
  if (more.length > 0 || (whole && fields.length > 0)) {
    walk.findings.add(place, 'more than one body is declared; the first one counts');
  }
  const types = listTypes(walk, root, place, 'consumes');
  if (whole) {
    const contents = (types.length > 0 ? types : ['application/json']).map((type) => ({
      type,
      schema: whole.schema,
    }));
    return { required: whole.required, contents, fields: [], place: whole.place };
  }
  const [first] = fields;
  if (!first) return null;
  const sendsFile = fields.some(({ place: field }) => textAt(walk, field, 'type') === 'file');
  const isMultipart = sendsFile || types[0] === 'multipart/form-data';
  const type = isMultipart ? 'multipart/form-data' : 'application/x-www-form-urlencoded';
  return { required: true, contents: [{ type, schema: null }], fields, place: first.place };
}

function readAnswer(
  walk: Walk,
  version: Version,
  root: Place,
  operation: Place,
  status: string,
  place: Place,
): Answer {
  const schema = step(walk, place, 'schema');
  const types = listTypes(walk, root, operation, 'produces');
  return {
    status,
    headers: entriesOf(walk, step(walk, place, 'headers')).map(([name]) => name.toLowerCase()),
    contents:
      version === 3
        ? readContents(walk, place)
        : schema
          ? (types.length > 0 ? types : ['application/json']).map((type) => ({ type, schema }))
          : [],
    links: entriesOf(walk, step(walk, place, 'links')),
    place,
  };
}

function listTypes(walk: Walk, root: Place, place: Place, key: string): string[] {
  const list = walkTo(walk, place, key) ?? step(walk, root, key);
  const values: readonly Json[] = list && Array.isArray(list.value) ? list.value : [];
  return values.flatMap((value) => (typeof value === 'string' ? [value.toLowerCase()] : []));
}
