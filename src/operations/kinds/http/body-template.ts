// The JSON body of a declared request. A string that is exactly `{field}` becomes the value itself; what needs an absent
// field is left out, key or element.
import { isJsonObject, type Json } from '../../../contract/json.ts';
import { resolvePath } from '../../../contract/pointer.ts';
import { renderText, type Values } from './render.ts';
import { parseTemplate, type Template } from './template.ts';

/** A body template, read. */
export type BodyTemplate =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'value'; readonly path: readonly string[] }
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'array'; readonly items: readonly BodyTemplate[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, BodyTemplate])[] };

/**
 * Reads a body template.
 *
 * @throws {TypeError} when a string in it is no template
 */
export function parseBodyTemplate(source: Json): BodyTemplate {
  if (typeof source === 'string') {
    const template = parseTemplate(source);
    const [only] = template;
    return template.length === 1 && only?.kind === 'field'
      ? { kind: 'value', path: only.path }
      : { kind: 'text', template };
  }
  if (Array.isArray(source)) return { kind: 'array', items: source.map(parseBodyTemplate) };
  if (isJsonObject(source)) {
    const entries = Object.entries(source).map(
      ([key, value]) => [key, parseBodyTemplate(value)] as const,
    );
    return { kind: 'object', entries };
  }
  return { kind: 'literal', value: source };
}

/** Fills a body template; `undefined` when it needs an absent field. */
export function renderBody(template: BodyTemplate, values: Values): Json | undefined {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'value':
      return resolvePath(values.fields, template.path);
    case 'text':
      return renderText(template.template, values);
    case 'array':
      return template.items.flatMap((item) => {
        const value = renderBody(item, values);
        return value === undefined ? [] : [value];
      });
    case 'object':
      return Object.fromEntries(
        template.entries.flatMap(([key, item]) => {
          const value = renderBody(item, values);
          return value === undefined ? [] : [[key, value]];
        }),
      );
  }
}

/** The templates of every string in a body. */
export function templatesOf(body: BodyTemplate): readonly Template[] {
  switch (body.kind) {
    case 'literal':
      return [];
    case 'value':
      return [[{ kind: 'field', path: body.path }]];
    case 'text':
      return [body.template];
    case 'array':
      return body.items.flatMap(templatesOf);
    case 'object':
      return body.entries.flatMap(([, item]) => templatesOf(item));
  }
}
