// tasks/result of 2025-11-25: blocks until the task is done, and then answers what the call itself would have. It ends
// early when the caller goes away, and with an error that says to ask again when the gateway shuts down.
import { ProtocolError, type CallToolResult } from '@modelcontextprotocol/server';
import { createTaskError } from '../../contract/errors.ts';
import { pause } from '../../contract/pause.ts';
import type { Outcome, Task } from '../../contract/task.ts';
import type { Call } from '../call.ts';
import { waitForTask } from '../wait.ts';
import { answerOutcome, toRelatedResult } from '../answers/outcome.ts';
import { toErrorObject } from './detailed-task.ts';
import { createElicitation } from '../input/elicitation.ts';
import { CANCELLED, isLegacyTerminal, toLegacyStatus } from './view.ts';

/** How long one wait lasts, in seconds: a cancel or a question of the task is noticed after this time at the latest. */
const ROUND_SECONDS = 2;

export async function answerResult(call: Call, taskId: string): Promise<CallToolResult> {
  const { mcp, caller } = call;
  const { tasks, drain } = mcp;
  let round = new AbortController();
  const elicitation = createElicitation(call, taskId, async (responses) => {
    const answered = await tasks.provideInput(caller, taskId, responses);
    round.abort();
    return answered;
  });
  try {
    // The task is read before any wait: a cancelled one may take long to end.
    let task = await tasks.read(caller, taskId);
    while (!isLegacyTerminal(task)) {
      if (drain.signal.aborted) throw createShutdownError();
      round = new AbortController();
      elicitation.update(task.state);
      // A task that asks ends every wait at once; another face may answer it.
      if (task.state.status === 'input_required') {
        await pause(ROUND_SECONDS * 1000, anyOf(round.signal, drain.signal, caller.signal));
      }
      task = await waitForTask(call, taskId, ROUND_SECONDS, ROUND_SECONDS);
    }
    return await toResult(call, task);
  } finally {
    elicitation.withdraw();
  }
}

function anyOf(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((given) => given !== undefined));
}

async function toResult(call: Call, task: Task): Promise<CallToolResult> {
  const outcome = toOutcome(task);
  if (outcome.status === 'failed' && outcome.error.code === 'INTERNAL') {
    const { code, message, data } = toErrorObject(outcome.error);
    throw new ProtocolError(code, message, data);
  }
  return toRelatedResult(await answerOutcome(call, task, outcome), task);
}

/** A cancelled task has no other outcome than that, whatever its work comes to. */
function toOutcome(task: Task): Outcome {
  const { state } = task;
  if (toLegacyStatus(task) === 'cancelled') {
    const error = createTaskError('CANCELLED', CANCELLED);
    return { status: 'failed', error, attempt: null };
  }
  if (state.status === 'completed' || state.status === 'failed') return state;
  throw new Error(`task ${task.taskRef} has not ended`);
}

function createShutdownError(): ProtocolError {
  return new ProtocolError(
    -32603,
    'This gateway is shutting down; the task goes on. Ask again for its result in a moment.',
  );
}
