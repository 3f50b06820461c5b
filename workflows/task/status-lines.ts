// What a person reads in the Temporal UI about a running task: one line per step, newest last. Invariant: its size is
// bounded, since every task in a worker's cache holds its own.

import { cut } from '../../src/contract/text.ts';

/** The task's story so far. */
export interface Story {
  tell(line: string): void;
  readonly read: () => string;
}

const KEPT_LINES = 20;

/** The upstream's words are in many lines, and they can be long. */
const LINE_CHARACTERS = 300;

/** @param publish receives the whole text after each line */
export function createStory(publish: (text: string) => void): Story {
  let lines: readonly string[] = [];
  const read = () => lines.join('\n\n');
  return {
    read,
    tell: (line) => {
      lines = [...lines, cut(line, LINE_CHARACTERS, ' …')].slice(-KEPT_LINES);
      publish(read());
    },
  };
}
