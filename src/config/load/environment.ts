// The environment variables and flags that override single options, as they stand on the options. Docs, `--help` and the
// check of the compose file are derived from them.
import { OPTIONS } from '../explain/option.ts';

/** One option that can be set without a file. */
export interface EnvironmentVariable {
  /** Its name, `LONGHAUL_…`. */
  readonly variable: string;
  /** The option it sets, as `server.port`; `null` for `LONGHAUL_CONFIG`, which names the file. */
  readonly path: string | null;
  /** The flag that sets the same and wins over it; `null` when there is none. */
  readonly flag: string | null;
  /** The flag as `--help` shows it, with what it takes: `--port <number>`. */
  readonly form: string | null;
  /** What it means, in a sentence or two. */
  readonly meaning: string;
}

/** Every environment variable that Longhaul reads; Temporal's own (`TEMPORAL_ADDRESS` …) are not among them. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  {
    variable: 'LONGHAUL_CONFIG',
    path: null,
    flag: '--config',
    form: '--config <file>',
    meaning: 'The configuration file, where it is not to be searched for.',
  },
  ...OPTIONS.flatMap(({ path, description, env: variable, flag: form = null }) => {
    const flag = form?.split(' ')[0] ?? null;
    return variable === undefined ? [] : [{ variable, path, flag, form, meaning: description }];
  }),
];
