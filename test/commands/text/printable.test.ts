import { describe, expect, test } from '@jest/globals';
import { openLog } from '../../../src/assembly/log.ts';
import { withPrintableOutput } from '../../../src/commands/text/printable.ts';
import { toHistoryText } from '../../../src/commands/text/task-history-text.ts';
import { toTable, toTaskText } from '../../../src/commands/text/task-text.ts';
import { createTaskError } from '../../../src/contract/errors.ts';
import type { Task, TaskState } from '../../../src/contract/task.ts';
import { createTestContext } from '../../support/processes/command-context.ts';
import type { TaskHistory } from '../../../src/temporal/operator/task-history.ts';

const ESC = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
const CSI = String.fromCharCode(0x9b);
/** Renames the window, hides what follows, writes over the line, turns the direction, and begins a line of its own. */
const HOSTILE = `a${ESC}]0;PWNED${BELL}${ESC}[8mb${CSI}2Jc\rd\u202ee\nstatus  completed`;
const SHOWN = 'a\\u001b]0;PWNED\\u0007\\u001b[8mb\\u009b2Jc\\u000dd\\u202ee status  completed';

const task = (state: TaskState): Task => ({
  taskRef: 'k.AAAAAAAAAAAAAAAAAAAAAA',
  operation: 'train',
  idempotencyKey: HOSTILE,
  createdAt: 0,
  updatedAt: 0,
  deadline: 1,
  expiresAt: null,
  retentionMs: 1,
  cancelRequested: false,
  state,
});
const states: readonly TaskState[] = [
  { status: 'failed', error: createTaskError('UPSTREAM_REJECTED', HOSTILE), attempt: 1 },
  { status: 'processing', attempt: 1, progress: { fraction: null, message: HOSTILE } },
];

describe('what commands print', () => {
  test.each(states)('of a task that is $status is one line a row', (state) => {
    const text = toTaskText(task(state));
    expect(text.split(SHOWN)).toHaveLength(3); // its key, and its error or progress
    expect(text.match(/^status/gm)).toHaveLength(1);
    expect(toTable({ tasks: [task(state)], nextCursor: null }).split('\n')).toHaveLength(2);
  });

  test('of a story is one line a step', () => {
    const story: TaskHistory = {
      ...{ lane: 'workflow', workflowId: 'w', runId: 'r' },
      steps: [{ at: 0, text: HOSTILE }],
    };
    expect(toHistoryText(story, [], [])).toEqual(['', `1970-01-01T00:00:00.000Z  ${SHOWN}`]);
  });

  test.each([true, false])('holds nothing that a terminal obeys, on a terminal: %s', (isTTY) => {
    const written: string[] = [];
    const output = {
      isTTY,
      write: (text: string) => {
        written.push(text);
        return true;
      },
    };
    const context = { ...createTestContext('/'), stdout: output as never };
    withPrintableOutput(context).stdout.write(`${ESC}[1mtitle${ESC}[22m\t${HOSTILE}\n`);
    const own = isTTY ? `${ESC}[1mtitle${ESC}[22m` : '\\u001b[1mtitle\\u001b[22m';
    expect(written).toEqual([`${own}\t${SHOWN.replace(' status', '\nstatus')}\n`]);
  });

  test('as JSON means the same', () => {
    const context = createTestContext('/');
    const value = { message: HOSTILE };
    withPrintableOutput(context).stdout.write(JSON.stringify(value));
    expect(context.output()).not.toMatch(new RegExp(`[${CSI}\u202e]`));
    expect(JSON.parse(context.output())).toEqual(value);
  });
});

test('the log holds nothing that a terminal obeys, and no line that was not written', () => {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    return true;
  };
  const log = openLog({ stderr: { isTTY: false, write } }, 'info');
  log.warn(HOSTILE, { said: HOSTILE });
  expect(JSON.parse(lines.join(''))).toMatchObject({
    msg: SHOWN,
    said: SHOWN.replace(' status', '\nstatus'),
  });
});
