// A JSON value as a template. A string that is exactly `{field}` becomes the value itself; what needs an absent
// field is left out, key or element.
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import { resolvePath } from '../../../contract/json/pointer.ts';
import { renderText, type Values } from './render.ts';
import { parseTemplate, type Template } from './template.ts';

export interface JsonTemplate {
  /** The templates of every string in it. */
  readonly templates: readonly Template[];
  /** Fills it; `undefined` when it needs an absent field. */
  readonly render: (values: Values) => Json | undefined;
}

/** @throws {TypeError} when a string in it is no template */
export function parseJsonTemplate(source: Json): JsonTemplate {
  if (typeof source === 'string') return parseText(source);
  if (Array.isArray(source)) {
    const items = source.map(parseJsonTemplate);
    return {
      templates: items.flatMap(({ templates }) => templates),
      render: (values) => items.map((item) => item.render(values)).filter(isPresent),
    };
  }
  if (isJsonObject(source)) {
    const entries = Object.entries(source).map(
      ([key, value]) => [key, parseJsonTemplate(value)] as const,
    );
    return {
      templates: entries.flatMap(([, { templates }]) => templates),
      render: (values) => {
        const rendered = entries.map(([key, item]) => [key, item.render(values)] as const);
        return Object.fromEntries(rendered.filter(([, value]) => isPresent(value))) as JsonObject;
      },
    };
  }
  return { templates: [], render: () => source };
}

function isPresent(value: Json | undefined): value is Json {
  return value !== undefined;
}

function parseText(source: string): JsonTemplate {
  const template = parseTemplate(source);
  const [only] = template;
  return {
    templates: [template],
    render: (values) =>
      template.length === 1 && only?.kind === 'field'
        ? resolvePath(values.fields, only.path)
        : renderText(template, values),
  };
}
