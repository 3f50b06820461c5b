// What a client says to its model about this server before any tool is called.
import type { OfferedTools } from '../options.ts';
import { CONTROL_TOOLS } from './tools.ts';

const FAILED =
  'A failed task is an ordinary answer with an error, and the work survives the end of this session';
const BOTH =
  'Each operation is a tool of its own name, too: it answers with the result if that comes soon, and otherwise with a task_ref.';
const TYPED = [
  'Call the tool of an operation, always with an idempotency_key of your own: it answers with the result if that comes soon, and otherwise with the task as it stands.',
  'The work goes on, also after the end of this session: the same call with the same idempotency_key returns to it, as next_step says; go on with other work meanwhile.',
];

/** The `instructions` of the server: at most 1 KB, since every session pays for them. */
export function toInstructions({ pair, typed }: OfferedTools): string {
  return [
    'Longhaul runs slow operations durably in the background.',
    ...(pair ? toControlSentences() : TYPED),
    ...(pair && typed ? [BOTH] : []),
  ].join(' ');
}

function toControlSentences(): string[] {
  const sentences: string[] = [];
  const purposes: string[] = [];
  for (const { name, instruction } of CONTROL_TOOLS) {
    if ('sentence' in instruction) sentences.push(instruction.sentence);
    else purposes.push(`${name} ${instruction.purpose}`);
  }
  return [...sentences, `${FAILED}: ${purposes.join(', ')}.`];
}
