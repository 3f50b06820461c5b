// A configuration in code: its text, and, once it may be run, its value. Node strips the types itself.
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { messageOf } from '../../contract/text.ts';
import { ConfigError } from '../explain/problem.ts';

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Imports a module and takes its default export: a configuration, a promise of one, or a function of the environment
 * that returns either.
 *
 * @throws {ConfigError} when the module fails or has no default export
 */
export async function importConfig(file: string, name: string, env: Env): Promise<unknown> {
  try {
    const module = (await import(pathToFileURL(file).href)) as { readonly default?: unknown };
    const exported = module.default;
    const data: unknown = await (typeof exported === 'function'
      ? (exported as (env: Env) => unknown)(env)
      : exported);
    if (data !== undefined) return data;
  } catch (error) {
    const message = `cannot be run: ${messageOf(error)}`;
    throw new ConfigError([{ source: name, path: '', message }], error);
  }
  const message = 'expected a default export: export default defineConfig({ … })';
  throw new ConfigError([{ source: name, path: '', message }]);
}

const RELATIVE_IMPORT = /\b(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/**
 * The text of a module and of all that it imports by relative path, by path and in a stable order. An import that only looks
 * like one adds too much, which does no harm: the text serves to see whether something changed.
 */
export async function gatherModules(
  file: string,
  code: string,
): Promise<ReadonlyMap<string, string>> {
  const texts = new Map([[file, code]]);
  for (const [path, text] of texts) {
    for (const [, specifier = ''] of text.matchAll(RELATIVE_IMPORT)) {
      const imported = resolve(dirname(path), specifier);
      if (texts.has(imported)) continue;
      const found = await readFile(imported, 'utf8').catch(() => null);
      if (found !== null) texts.set(imported, found);
    }
  }
  return texts;
}
