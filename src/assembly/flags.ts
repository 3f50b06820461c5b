// Flags that several commands share: the same word wherever they apply, each with its environment variable.
import { Option, type Command } from 'commander';
import { ENVIRONMENT, type Overrides } from '../config/index.ts';

/** Flags as commander gives them. */
export interface Flags {
  readonly config?: string;
  readonly dataDir?: string;
  readonly host?: string;
  readonly port?: string;
  readonly temporalPort?: string;
  readonly uiPort?: string;
  readonly logLevel?: string;
  readonly metricsPort?: string;
  readonly json?: boolean;
  /** Of the commands for tasks: whose. */
  readonly principal?: string;
}

type FlagName = Exclude<keyof Flags, 'json' | 'principal'>;

const SHARED = ENVIRONMENT.flatMap(({ form, variable, path, meaning }) => {
  if (form === null) return [];
  const option = new Option(form, `${meaning} [${variable}]`);
  return [{ option, path, name: option.attributeName() as FlagName }];
});

/** Adds shared flags to a command; what they mean is the configuration's word. */
export function addFlags(command: Command, names: readonly FlagName[]): Command {
  for (const name of names) {
    const shared = SHARED.find((one) => one.name === name);
    if (shared) command.addOption(shared.option);
  }
  return command;
}

/** What the flags override in the configuration. */
export function toOverrides(flags: Flags): Overrides {
  const given = SHARED.flatMap(({ name, path }) => {
    const value = flags[name];
    return path === null || value === undefined ? [] : [[path, value] as const];
  });
  return Object.fromEntries(given);
}
