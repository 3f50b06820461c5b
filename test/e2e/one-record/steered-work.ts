// Operations that a test steers while they run: each takes its commands, by its label, from a line that outlives attempts.
import * as z from 'zod';
import { OperationError } from '../../../src/contract/errors.ts';
import { InputRequired, type InputRequests } from '../../../src/contract/input.ts';
import { defineOperation } from '../../../src/operations/define.ts';
import { createRegistry, type Registry } from '../../../src/operations/registry.ts';

/** What work can be told to do: to end in one of three ways, to ask, or to report progress and go on. */
export type Command = keyof typeof ENDS | 'ask' | 'report';

/** How work ends that obeys, as code of the error; `null` when it completes. */
export const ENDS = { complete: null, refuse: 'UPSTREAM_REJECTED', panic: 'INTERNAL' } as const;

/** The operations, and the strings that a test pulls. */
export interface SteeredWork {
  readonly registry: Registry;
  /** Tells the work of a label what to do; kept until an attempt takes it. */
  tell(label: string, command: Command): void;
  /** Whether an attempt has done all that it was told. */
  isIdle(label: string): boolean;
  /** Everything that it was told. */
  told(label: string): readonly Command[];
}

interface Line {
  readonly told: Command[];
  taken: number;
  /** Calls the attempt that waits. */
  wake: (() => void) | null;
}

const toQuestion = (message: string) => ({
  message,
  requestedSchema: {
    type: 'object',
    properties: { value: { type: 'integer' } },
    required: ['value'],
  },
});
const QUESTIONS: InputRequests = { go: toQuestion('Go on?'), why: toQuestion('Why?') };

/**
 * Operations by name: one that stops when it is told to, one that completes instead, one that asks before it starts; and the first two
 * again in the activity lane, where nothing can ask.
 */
export const OPERATIONS = [
  'obedient',
  'quick_obedient',
  'asks_first',
  'quick_deaf',
  'deaf',
] as const;

/** Creates the operations. */
export function createSteeredWork(): SteeredWork {
  const lines = new Map<string, Line>();
  const lineOf = (label: string): Line => {
    const line = lines.get(label) ?? { told: [], taken: 0, wake: null };
    lines.set(label, line);
    return line;
  };

  /** The next command, or `null` when the attempt is to stop first. */
  const next = async (line: Line, signal: AbortSignal): Promise<Command | null> => {
    while (line.taken === line.told.length) {
      if (signal.aborted) return null;
      await new Promise<void>((resolve) => {
        line.wake = resolve;
        signal.addEventListener('abort', () => {
          resolve();
        });
      });
      line.wake = null;
    }
    return line.told[line.taken++]!;
  };

  const define = (name: (typeof OPERATIONS)[number]) => {
    const isQuick = name.startsWith('quick');
    return defineOperation({
      name,
      lane: isQuick ? 'activity' : 'workflow',
      description: 'for tests',
      input: z.strictObject({ label: z.string() }),
      output: z.object({ label: z.string(), answers: z.looseObject({}) }),
      ...(name === 'asks_first' && { askFirst: () => QUESTIONS }),
      run: async ({ label }, context) => {
        const { signal } = context;
        const done = { label, answers: { ...context.inputResponses } };
        for (;;) {
          const command = await next(lineOf(label), signal);
          switch (command) {
            case 'complete':
              return done;
            case 'refuse':
              throw new OperationError('UPSTREAM_REJECTED', 'refused');
            case 'panic':
              throw new Error('panic');
            case 'ask':
              if (isQuick) continue;
              throw new InputRequired(QUESTIONS);
            case 'report':
              context.progress(0.5, 'half');
              continue;
            case null:
              if (name.endsWith('deaf')) return done;
              throw signal.reason;
          }
        }
      },
    });
  };

  return {
    registry: createRegistry(OPERATIONS.map(define)),
    tell: (label, command) => {
      const line = lineOf(label);
      line.told.push(command);
      line.wake?.();
    },
    isIdle: (label) => {
      const line = lineOf(label);
      return line.wake !== null && line.taken === line.told.length;
    },
    told: (label) => lineOf(label).told,
  };
}
