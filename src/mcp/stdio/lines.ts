// What comes in over stdio, line by line. The SDK drops a line that is no message without a word and closes at one without
// an end. Invariant: what leaves here is whole lines of one message each within the bounds, in their order, and as they came
// but for what carries no meaning; each other line was refused.
import { isUtf8 } from 'node:buffer';
import { Transform } from 'node:stream';
import { parseJSONRPCMessage } from '@modelcontextprotocol/server';
import { isJsonObject } from '../../contract/json.ts';
import { withoutEmptyParams } from '../empty-params.ts';
import { parseMessage, type MessageProblem } from '../parse-message.ts';

/** Longest line, in bytes: as much as an HTTP request may have by default. */
const MAX_LINE_BYTES = 1024 * 1024;

const LINE_FEED = 0x0a;

/** PowerShell writes one before the first line that it sends to a program. */
const BYTE_ORDER_MARK = /^\ufeff/;

export type LineProblem = MessageProblem | 'too long' | 'no message';

/** Receives each line that is refused, with the id of its message where it has one. */
export type OnRefusedLine = (problem: LineProblem, id: string | number | null) => void;

/**
 * Lets good lines through; empty ones mean nothing. The end of the input ends the last line.
 *
 * @param answered what the end of the output waits for, after the last line: the SDK drops every call at the end
 * @param maxBytes longest line, in bytes
 */
export function createLines(
  refuse: OnRefusedLine,
  answered: () => Promise<void> = () => Promise.resolve(),
  maxBytes = MAX_LINE_BYTES,
): Transform {
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes <= maxBytes) parts.push(part);
    else parts = []; // the rest of the line is skipped
  };
  const take = (): string | null => {
    const line =
      bytes > maxBytes ? { problem: 'too long' as const, id: null } : toLine(Buffer.concat(parts));
    parts = [];
    bytes = 0;
    if (line === null) return null;
    if (typeof line === 'string') return `${line}\n`;
    refuse(line.problem, line.id);
    return null;
  };
  return new Transform({
    readableObjectMode: true, // one line at a time, whatever the reader does
    transform(chunk: Buffer, _encoding, done) {
      let from = 0;
      for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, from)) {
        add(chunk.subarray(from, end));
        from = end + 1;
        const line = take();
        if (line !== null) this.push(line);
      }
      add(chunk.subarray(from));
      done();
    },
    flush(done) {
      const line = take();
      if (line !== null) this.push(line);
      answered().then(() => {
        done();
      }, done);
    },
  });
}

interface Refused {
  readonly problem: LineProblem;
  readonly id: string | number | null;
}

function toLine(bytes: Buffer): string | Refused | null {
  if (!isUtf8(bytes)) return { problem: 'not Unicode', id: null };
  const text = bytes.toString().replace(BYTE_ORDER_MARK, '');
  if (text.trim() === '') return null;
  const { message, problem } = parseMessage(text);
  if (problem) return { problem, id: toId(message) };
  const kept = withoutEmptyParams(message);
  try {
    parseJSONRPCMessage(kept);
  } catch {
    return { problem: 'no message', id: toId(message) };
  }
  return kept === message ? text : JSON.stringify(kept);
}

function toId(message: unknown): string | number | null {
  const id = isJsonObject(message) ? message['id'] : null;
  return (typeof id === 'string' && id.isWellFormed()) || typeof id === 'number' ? id : null;
}
