// What comes in over stdio, line by line. The SDK drops a line that is no JSON without a word and closes at one without
// an end. Invariant: what leaves here is whole lines of JSON within the bounds, in their order and as they came; each
// other line was refused.
import { Transform } from 'node:stream';
import { isDeeperThan, MAX_DEPTH } from '../contract/depth.ts';
import { parseJson } from '../contract/exact-number.ts';

/** Longest line, in bytes: as much as an HTTP request may have by default. */
const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

/** Why a line was refused. */
export type LineProblem = 'not JSON' | 'too long' | 'nested too deeply';

/**
 * Lets good lines through; empty ones mean nothing.
 *
 * @param refuse is told of each line that was not let through
 * @param maxBytes longest line, in bytes
 */
export function createLines(
  refuse: (problem: LineProblem) => void,
  maxBytes = MAX_LINE_BYTES,
): Transform {
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
    else parts = []; // the rest of the line is skipped
  };
  const take = (): Buffer | null => {
    const problem = bytes > maxBytes ? 'too long' : findProblem(Buffer.concat(parts));
    const line = problem === null ? Buffer.concat([...parts, Buffer.of(LINE_FEED)]) : null;
    parts = [];
    bytes = 0;
    if (problem !== null && problem !== 'empty') refuse(problem);
    return line;
  };
  return new Transform({
    readableObjectMode: true, // one line at a time, whatever the reader does
    transform(chunk: Buffer, _encoding, done) {
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        add(chunk.subarray(from, end));
        from = end + 1;
        const line = take();
        if (line) this.push(line);
      }
      add(chunk.subarray(from));
      done();
    },
  });
}

function findProblem(line: Buffer): LineProblem | 'empty' | null {
  const text = line.toString();
  if (text.trim() === '') return 'empty';
  try {
    return isDeeperThan(parseJson(text), MAX_DEPTH) ? 'nested too deeply' : null;
  } catch (error) {
    return error instanceof RangeError ? 'nested too deeply' : 'not JSON';
  }
}
