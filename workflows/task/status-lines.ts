// What a person reads in the Temporal UI about a running task: one line per step, newest last. Invariant: its size is
// bounded, since every task in a worker's cache has its own.
import { cut } from '../../src/contract/text.ts';

export interface StatusLines {
  add(line: string): void;
  readonly read: () => string;
}

const KEPT_LINES = 20;

/** Longest line: messages of an upstream can be long. */
const LINE_CHARACTERS = 300;

/** @param publish receives the whole text after each line */
export function createStatusLines(publish: (text: string) => void): StatusLines {
  let lines: readonly string[] = [];
  const read = () => lines.join('\n\n');
  return {
    read,
    add: (line) => {
      lines = [...lines, cut(line, LINE_CHARACTERS, ' …')].slice(-KEPT_LINES);
      publish(read());
    },
  };
}
