// A command of the program. Its code is loaded when it runs, so that `--help` and a start over stdio stay quick.
import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext, ExitCode } from '../assembly/context.ts';
import { SHARED_FLAGS, type SharedFlag } from '../assembly/flags.ts';

/** What a command does with its arguments, and with its flags behind them. */
type Act = (context: CommandContext, ...given: never[]) => Code;
type Code = ExitCode | Promise<ExitCode>;

/** Runs what a command does, in the process at hand. */
type Runner = (act: (context: CommandContext) => Code) => Promise<void>;

export class LoadedCommand extends Command {
  readonly #run: Runner;

  constructor(name: string | undefined, run: Runner) {
    super(name);
    this.#run = run;
  }

  override createCommand(name?: string): LoadedCommand {
    return new LoadedCommand(name, this.#run);
  }

  /** Adds flags that set options; what they mean is the configuration's word. */
  shares(...names: readonly SharedFlag[]): this {
    for (const name of names) {
      const shared = SHARED_FLAGS.get(name);
      if (shared) this.addOption(shared.option);
    }
    return this;
  }

  runs(load: () => Promise<Act>): this {
    return this.action(async (...given: unknown[]) => {
      const act = await load();
      // commander hands over the command itself, too, as the last one
      await this.#run((context) => act(context, ...(given.slice(0, -1) as never[])));
    });
  }
}

/** Reads a whole number between bounds. The function throws what commander shows. */
export function toInteger(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= minimum && value <= maximum) return value;
    throw new InvalidArgumentError(`expected a whole number from ${minimum} to ${maximum}`);
  };
}
