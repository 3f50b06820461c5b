// The door for configurations in code: types for the author, nothing at run time.
import type * as z from 'zod';
import type { Declaration } from '../operations/kinds/index.ts';
import type { Operation } from '../operations/operation.ts';
import type { DescribedOperations } from './operations/described-operations.ts';
import type { configSchema } from './schema.ts';

/** The options as people write them; what is left out has its default. */
export interface ConfigOptions extends Omit<z.input<typeof configSchema>, 'operations'> {
  /** Operations by name, declared or made with `defineOperation` and `defineJob`; or a list of both, and of descriptions. */
  readonly operations?:
    NamedOperations | readonly (Operation | DescribedOperations | NamedOperations)[];
}

type NamedOperations = Readonly<Record<string, Declaration | Operation>>;

/** A configuration, a promise of one, or a function of the environment variables that returns either. */
export type ConfigExport =
  | ConfigOptions
  | Promise<ConfigOptions>
  | ((env: Readonly<Record<string, string | undefined>>) => ConfigOptions | Promise<ConfigOptions>);

/** Types a configuration: `export default defineConfig({ … })` in `longhaul.config.ts`. */
export function defineConfig<Config extends ConfigExport>(config: Config): Config {
  return config;
}
