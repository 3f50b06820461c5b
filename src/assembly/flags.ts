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
  /** Of the commands that look at tasks: whose. */
  readonly principal?: string;
}

type FlagName = Exclude<keyof Flags, 'json' | 'principal'>;

const FORMS: Readonly<Record<FlagName, string>> = {
  config: '--config <file>',
  dataDir: '--data-dir <folder>',
  host: '--host <address>',
  port: '--port <number>',
  temporalPort: '--temporal-port <number>',
  uiPort: '--ui-port <number>',
  logLevel: '--log-level <level>',
  metricsPort: '--metrics-port <number>',
};

/** Adds shared flags to a command; what they mean is the configuration's word. */
export function addFlags(command: Command, names: readonly FlagName[]): Command {
  for (const name of names) {
    const form = FORMS[name];
    const entry = ENVIRONMENT.find(({ flag }) => flag === form.split(' ')[0]);
    command.addOption(new Option(form, `${entry?.meaning ?? ''} [${entry?.variable ?? ''}]`));
  }
  return command;
}

/** What the flags override in the configuration. */
export function toOverrides(flags: Flags): Overrides {
  const { dataDir, host, port, temporalPort, uiPort, logLevel, metricsPort } = flags;
  return {
    ...(dataDir !== undefined && { dataDirectory: dataDir }),
    ...(host !== undefined && { 'server.host': host }),
    ...(port !== undefined && { 'server.port': port }),
    ...(temporalPort !== undefined && { 'temporal.port': temporalPort }),
    ...(uiPort !== undefined && { 'temporal.uiPort': uiPort }),
    ...(logLevel !== undefined && { 'observability.logLevel': logLevel }),
    ...(metricsPort !== undefined && { 'observability.metricsPort': metricsPort }),
  };
}
