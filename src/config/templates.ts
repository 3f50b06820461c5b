// What `longhaul init` writes: a configuration in which every option stands with its default, and one operation of each
// kind. Invariant: the options are read from the schema and the examples from the kinds, so neither can grow old.
import type { Json, JsonObject } from '../contract/json.ts';
import { KINDS } from '../operations/kinds/index.ts';
import { CONFIG_JSON_SCHEMA, propertiesOf } from './explain/option.ts';

export interface InitFile {
  /** Relative to the folder that is initialised, with `/`. */
  readonly path: string;
  readonly content: string;
}

/** The files of a new configuration; whether one may be overwritten is for the caller to decide. */
export function createInitFiles(): readonly InitFile[] {
  return [
    { path: 'longhaul.config.ts', content: createConfigText() },
    { path: 'operations/count-words.ts', content: CODE_OPERATION },
  ];
}

function createConfigText(): string {
  const properties = propertiesOf(CONFIG_JSON_SCHEMA);
  const options = Object.entries(properties).filter(([name]) => name !== 'operations');
  return [
    "import { defineConfig } from 'longhaul';",
    "import { countWords } from './operations/count-words.ts';",
    '',
    '// Every option is shown with its default. A LONGHAUL_ variable or a flag overrides it; Temporal itself is addressed',
    "// by Temporal's own settings (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, or a temporal.toml profile).",
    'export default defineConfig({',
    ...options.flatMap(([name, schema]) => [...toLines(name, schema, '  '), '']),
    OPERATIONS,
    '});',
    '',
  ].join('\n');
}

function toLines(name: string, schema: JsonObject, indent: string): string[] {
  const explanation = wrap(schema['description'] as string, `${indent}// `);
  const inner = Object.entries(propertiesOf(schema)).filter(([, option]) => !isReserved(option));
  if (inner.length === 0) {
    return [...explanation, `${indent}// ${name}: ${toLiteral(schema['default'] ?? null)},`];
  }
  return [
    ...explanation,
    `${indent}${name}: {`,
    ...inner.flatMap(([key, option]) => toLines(key, option, `${indent}  `)),
    `${indent}},`,
  ];
}

function isReserved({ description }: JsonObject): boolean {
  return (description as string).startsWith('Reserved');
}

function toLiteral(value: Json): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
}

function wrap(text: string, prefix: string): string[] {
  const lines: string[] = [];
  let line = prefix;
  for (const word of text.split(' ')) {
    if (line !== prefix && line.length + word.length > 100) {
      lines.push(line.trimEnd());
      line = prefix;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

const OPERATIONS = `  operations: {
    // In code: see operations/count-words.ts.
    count_words: countWords,

${KINDS.map(({ example }) => example.replaceAll(/^(?=.)/gm, '    ')).join('\n\n')}
  },`;

const CODE_OPERATION = `import { setTimeout as sleep } from 'node:timers/promises';
import { defineOperation } from 'longhaul';
import * as z from 'zod';

export const countWords = defineOperation({
  name: 'count_words',
  // A model chooses by this sentence: say what it does, when to use it and how long it takes.
  description: 'Counts the words of a text, slowly: ten words a second.',
  input: z.strictObject({ text: z.string().min(1).max(10_000).describe('The text to count.') }),
  output: z.strictObject({ words: z.int() }),
  // Running twice does no harm, so an attempt that vanished with its worker runs again.
  idempotent: true,
  run: async ({ text }, { signal, progress }) => {
    const words = text.split(/\\s+/).filter((word) => word !== '');
    for (const index of words.keys()) {
      // Hand the signal to everything that waits: it aborts on cancel, on timeout and on shutdown.
      await sleep(100, undefined, { signal });
      progress((index + 1) / words.length, \`\${index + 1} of \${words.length} words\`);
    }
    return { words: words.length };
  },
});
`;
