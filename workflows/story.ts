// What a person reads in the Temporal UI about a running task: one line per step, newest last.

/** The task's story so far. */
export interface Story {
  tell(line: string): void;
  readonly read: () => string;
}

/** Keeps the last steps only: a job with many retries must not grow its own description. */
const KEPT_LINES = 20;

/** @param publish receives the whole text after each line */
export function createStory(publish: (text: string) => void): Story {
  let lines: readonly string[] = [];
  const read = () => lines.join('\n\n');
  return {
    read,
    tell: (line) => {
      lines = [...lines, line].slice(-KEPT_LINES);
      publish(read());
    },
  };
}
