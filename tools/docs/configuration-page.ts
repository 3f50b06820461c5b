// The tables of docs/configuration.md, written from the schema. Each stands between two comments in the page:
// `<!-- options: server -->` or `<!-- environment -->`, and `<!-- end -->`.
import { ENVIRONMENT } from '../../src/config/load/environment.ts';
import { CONFIG_JSON_SCHEMA, toExpectation } from '../../src/config/explain/option.ts';
import type { JsonObject } from '../../src/contract/json.ts';

type Properties = Readonly<Record<string, JsonObject>>;

const BLOCK = /(<!-- (options|environment)(?:: (\w+))? -->\n)[^]*?(<!-- end -->)/g;

/** The page with every table written anew. */
export function renderConfigurationPage(page: string): string {
  return page.replaceAll(BLOCK, (_, open: string, kind: string, group: string, close: string) => {
    const table = kind === 'environment' ? environmentTable() : optionTable(group);
    return `${open}\n${table}\n\n${close}`;
  });
}

/** The groups of options, and the options that stand in none, as `top`. */
export function groupNames(): string[] {
  return ['top', ...Object.keys(topLevel()).filter((name) => propertiesOf(topLevel()[name]))];
}

function optionTable(group: string): string {
  const options =
    group === 'top'
      ? Object.entries(topLevel()).filter(([, schema]) => !propertiesOf(schema))
      : Object.entries(propertiesOf(topLevel()[group]) ?? {});
  return toTable([
    ['option', 'may be', 'default', 'meaning'],
    ...options.map(([name, schema]) => [
      `\`${name}\``,
      toExpectation(schema),
      `\`${JSON.stringify(schema['default'])}\``,
      schema['description'] as string,
    ]),
  ]);
}

function environmentTable(): string {
  return toTable([
    ['variable', 'flag', 'sets'],
    ...ENVIRONMENT.map(({ variable, flag, path, meaning }) => [
      `\`${variable}\``,
      flag === null ? '' : `\`${flag}\``,
      path === null ? meaning : `\`${path}\``,
    ]),
  ]);
}

function topLevel(): Properties {
  return CONFIG_JSON_SCHEMA['properties'] as Properties;
}

function propertiesOf(schema: JsonObject | undefined): Properties | undefined {
  return schema?.['properties'] as Properties | undefined;
}

/** A table with aligned columns, as the formatter leaves it. */
export function toTable(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const toLine = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = toLine(widths.map((width) => '-'.repeat(width)));
  return [toLine(head), rule, ...body.map(toLine)].join('\n');
}
