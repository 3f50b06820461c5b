// The body of a request of a description, as a template: JSON, a form, parts, a text, or the bytes of a file.
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import type { Body, Content } from './endpoint.ts';
import { isIdempotencyKey } from './idempotency.ts';
import { isTrue, textAt } from './place.ts';
import type { Place, Walk } from './walk.ts';
import { toMerged, toSchema } from './schema.ts';

/** Adds a parameter, and says what it is called. */
type Add = (key: string, wanted: string, schema: JsonObject, isNeeded: boolean) => string;

/** The media type that is best written as a template. */
function choose(contents: readonly Content[]): Content | undefined {
  const ranks = [
    /[/+]json$/,
    /^application\/x-www-form-urlencoded$/,
    /^multipart\/form-data$/,
    /^text\//,
    /./,
  ];
  return ranks.flatMap((rank) => contents.filter(({ type }) => rank.test(bare(type))))[0];
}

const bare = (type: string): string => type.split(';')[0]?.trim() ?? '';

/** Fills the body; several kinds are one choice, which is said. */
export function fillBody(
  walk: Walk,
  body: Body,
  add: Add,
  notes: string[],
): { readonly type?: string; readonly body?: Json; readonly file?: string } {
  const content = choose(body.contents);
  if (!content) return {};
  const others = body.contents.filter((each) => each !== content).map(({ type }) => type);
  if (others.length > 0) notes.push(`the body may also be ${others.slice(0, 4).join(', ')}`);
  const type = bare(content.type);
  const isForm = type === 'multipart/form-data' || type === 'application/x-www-form-urlencoded';
  if (isForm && body.fields.length > 0) {
    const fields = body.fields.map(({ name, required, schema, place }) => {
      const isFile = textAt(walk, place, 'type') === 'file';
      const own = add(
        `body ${name}`,
        name,
        isFile ? toFileSchema(walk, place) : toSchema(walk, schema),
        required,
      );
      return [name, isFile ? { file: `{${own}}` } : `{${own}}`] as const;
    });
    return { type, body: Object.fromEntries<Json>(fields) };
  }
  if (isForm || /[/+]json$/.test(type)) {
    const filled = fillFields(walk, content, body, add, type);
    return { ...(type !== 'application/json' && { type }), ...filled };
  }
  if (/^text\/|[/+](xml|yaml|sql|graphql|ndjson|x-ndjson|jsonl)$/.test(type)) {
    const own = add(
      'body body',
      'body',
      { ...toSchema(walk, content.schema), type: 'string' },
      body.required,
    );
    return { type: content.type, body: `{${own}}` };
  }
  const own = add('body file', 'file', toFileSchema(walk, body.place), true);
  return {
    ...(!type.includes('*') && type !== 'application/octet-stream' && { type }),
    file: `{${own}}`,
  };
}

/** A body of fields: a parameter for each; or one for the whole where the fields are not known. */
function fillFields(
  walk: Walk,
  { schema }: Content,
  { required, place }: Body,
  add: Add,
  type: string,
): { readonly body: Json } {
  const merged = schema && toMerged(walk, schema);
  if (!merged || merged.properties.size === 0 || (merged.isOpen && hasChoices(schema))) {
    const own = add('body body', 'body', toSchema(walk, schema), required);
    if (type !== 'application/json' && !type.endsWith('json')) {
      walk.findings.add(
        place,
        `a body of ${type} without fields that are known; write them yourself`,
      );
    }
    return { body: type.endsWith('json') ? `{${own}}` : {} };
  }
  const fields = [...merged.properties]
    .filter(([, property]) => !isTrue(property, 'readOnly'))
    .map(([name, property]) => {
      const isNeeded = merged.required.has(name);
      if (isIdempotencyKey(name, textAt(walk, property, 'description')))
        return [name, '{idempotencyKey}'] as const;
      if (type === 'multipart/form-data' && isBinary(walk, property)) {
        return [
          name,
          { file: `{${add(`body ${name}`, name, toFileSchema(walk, property), isNeeded)}}` },
        ] as const;
      }
      return [name, `{${add(`body ${name}`, name, toSchema(walk, property), isNeeded)}}`] as const;
    });
  return { body: Object.fromEntries<Json>(fields) };
}

/** Whether alternatives say more of the body than its own fields do. */
function hasChoices({ value }: Place): boolean {
  return isJsonObject(value) && !('properties' in value);
}

function isBinary(walk: Walk, place: Place): boolean {
  const type = textAt(walk, place, 'contentMediaType');
  return (
    textAt(walk, place, 'format') === 'binary' ||
    (type !== '' && textAt(walk, place, 'contentEncoding') === '') ||
    textAt(walk, place, 'type') === 'file'
  );
}

function toFileSchema(walk: Walk, place: Place): JsonObject {
  const { description } = toSchema(walk, place);
  const about = typeof description === 'string' ? `${description} ` : '';
  return { type: 'string', description: `${about}The URI of a file, longhaul://files/…` };
}
