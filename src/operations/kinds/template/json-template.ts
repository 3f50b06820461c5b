// A JSON value as a template. A string that is exactly `{field}` becomes the value itself; what needs an absent
// field is left out, key or element.
import { isJsonObject, type Json } from '../../../contract/json.ts';
import { resolvePath } from '../../../contract/pointer.ts';
import { renderText, type Values } from './render.ts';
import { parseTemplate, type Template } from './template.ts';

export type JsonTemplate =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'value'; readonly path: readonly string[] }
  | { readonly kind: 'text'; readonly template: Template }
  | { readonly kind: 'array'; readonly items: readonly JsonTemplate[] }
  | { readonly kind: 'object'; readonly entries: readonly (readonly [string, JsonTemplate])[] };

/** @throws {TypeError} when a string in it is no template */
export function parseJsonTemplate(source: Json): JsonTemplate {
  if (typeof source === 'string') {
    const template = parseTemplate(source);
    const [only] = template;
    return template.length === 1 && only?.kind === 'field'
      ? { kind: 'value', path: only.path }
      : { kind: 'text', template };
  }
  if (Array.isArray(source)) return { kind: 'array', items: source.map(parseJsonTemplate) };
  if (isJsonObject(source)) {
    const entries = Object.entries(source).map(
      ([key, value]) => [key, parseJsonTemplate(value)] as const,
    );
    return { kind: 'object', entries };
  }
  return { kind: 'literal', value: source };
}

/** Fills a JSON template; `undefined` when it needs an absent field. */
export function renderJson(template: JsonTemplate, values: Values): Json | undefined {
  switch (template.kind) {
    case 'literal':
      return template.value;
    case 'value':
      return resolvePath(values.fields, template.path);
    case 'text':
      return renderText(template.template, values);
    case 'array':
      return template.items.flatMap((item) => {
        const value = renderJson(item, values);
        return value === undefined ? [] : [value];
      });
    case 'object':
      return Object.fromEntries(
        template.entries.flatMap(([key, item]) => {
          const value = renderJson(item, values);
          return value === undefined ? [] : [[key, value]];
        }),
      );
  }
}

/** The templates of every string in it. */
export function templatesOf(template: JsonTemplate): readonly Template[] {
  switch (template.kind) {
    case 'literal':
      return [];
    case 'value':
      return [[{ kind: 'field', path: template.path }]];
    case 'text':
      return [template.template];
    case 'array':
      return template.items.flatMap(templatesOf);
    case 'object':
      return template.entries.flatMap(([, item]) => templatesOf(item));
  }
}
