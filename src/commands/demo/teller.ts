// How the story is printed: for people, in colour on a terminal only.
import { styleText } from 'node:util';
import type { CommandContext } from '../context.ts';

/** Prints the story. */
export interface Teller {
  title(number: number, text: string): void;
  /** What the agent sends. */
  call(tool: string, args: object): void;
  /** What happens. */
  say(text: string): void;
  /** What was checked and is so. */
  held(claim: string): void;
  /** What went wrong, with whatever explains it. */
  failed(message: string, log: readonly string[]): void;
}

/** Creates a teller that writes to the output of the command. */
export function createTeller({ stdout }: Pick<CommandContext, 'stdout'>): Teller {
  const style = (format: Parameters<typeof styleText>[0], text: string) =>
    stdout.isTTY ? styleText(format, text, { validateStream: false }) : text;
  const write = (line: string) => void stdout.write(`${line}\n`);
  return {
    title: (number, text) => {
      write(style('bold', `\n${String(number).padStart(2)}  ${text}`));
    },
    call: (tool, args) => {
      write(style('cyan', `    → ${tool} ${JSON.stringify(args)}`));
    },
    say: (text) => {
      write(`    ${text}`);
    },
    held: (claim) => {
      write(`    ${style('green', '✓')} ${claim}`);
    },
    failed: (message, log) => {
      write(`    ${style('red', '✗')} ${message}`);
      if (log.length > 0) write('\n    The last lines of longhaul dev:');
      for (const line of log) write(`      ${line}`);
    },
  };
}
