// Flags that several commands share: the same word wherever they apply, each with its environment variable.
import { Option } from 'commander';
import { ENVIRONMENT, type Overrides } from '../config/index.ts';

/** Flags as commander gives them. */
export interface Flags {
  readonly config?: string;
  readonly dataDir?: string;
  readonly host?: string;
  readonly port?: string;
  readonly temporalPort?: string;
  readonly buildId?: string;
  readonly uiPort?: string;
  readonly logLevel?: string;
  readonly metricsPort?: string;
  readonly json?: boolean;
  /** Of the commands for tasks: whose. */
  readonly principal?: string;
}

export type SharedFlag = Exclude<keyof Flags, 'json' | 'principal'>;

/** What each of them is to commander, and the option that it sets; `null` for the one that names the file. */
export const SHARED_FLAGS = new Map(
  ENVIRONMENT.flatMap(({ form, variable, path, meaning }) => {
    if (form === null) return [];
    const option = new Option(form, `${meaning} [${variable}]`);
    const name = option.attributeName() as SharedFlag;
    return [[name, { option, path }] as const];
  }),
);

export function toOverrides(flags: Flags): Overrides {
  const given = [...SHARED_FLAGS].flatMap(([name, { path }]) => {
    const value = flags[name];
    return path === null || value === undefined ? [] : [[path, value] as const];
  });
  return Object.fromEntries(given);
}
