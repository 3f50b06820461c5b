// A typed call on a modern connection. Questions that can be asked before the start are asked then; a client that takes tasks
// gets a task; any other the result, a question of the task, or the handle.
import type { Result } from '@modelcontextprotocol/server';
import { toErrorCode, toTaskError } from '../../contract/errors.ts';
import type { InputRequests, InputResponses } from '../../contract/input.ts';
import { isDone, type Task } from '../../contract/task.ts';
import { toAsked } from '../../operations/input/first.ts';
import { isExtensionDeclared, requireExtension } from '../native/capability.ts';
import { toHandleResult } from './handle.ts';
import { waitInline } from './inline.ts';
import { toExtensionResult } from './task-results.ts';
import { answerOutcome, toRelatedResult } from '../answers/outcome.ts';
import { toOpenRequests } from '../input/open-requests.ts';
import {
  askAgain,
  isElicitationDeclared,
  readResponses,
  sortAnswers,
  toInputRequired,
} from '../input/questions.ts';
import {
  createStateError,
  parseRequestState,
  toAnswersState,
  toTaskState,
} from '../input/request-state.ts';
import { startTyped, type TypedCall } from './start.ts';

interface Begun {
  readonly task: Task;
  /** Keys of the questions that this call has answered. */
  readonly answered: readonly string[];
  /** Questions that are to be asked again, with the reason. */
  readonly left: InputRequests;
}

export async function callModern(call: TypedCall): Promise<Result> {
  const { mcp, context, tool } = call;
  const takesTasks = isExtensionDeclared(context);
  if (tool.operation.taskSupport === 'required') requireExtension(context);
  const sent: unknown = context.mcpReq.requestState();
  const state = typeof sent === 'string' ? parseRequestState(sent) : null;
  const begun =
    state?.kind === 'task'
      ? await resume(call, state.taskRef)
      : await begin(call, state?.responses ?? {});
  if ('question' in begun) return begun.question;
  if (!takesTasks) return answerPlain(call, begun);
  // A client that takes tasks waits by itself, unless the operation says that its result is worth a moment.
  const waitMs = tool.operation.inlineWaitMs ?? 0;
  const task = await waitInline(call, begun.task, { waitMs, answered: begun.answered });
  return waitMs > 0 && isDone(task.state)
    ? toRelatedResult(await answerOutcome(call, task, task.state), task)
    : toExtensionResult(task, mcp);
}

async function answerPlain(call: TypedCall, begun: Begun): Promise<Result> {
  const { mcp, context, tool } = call;
  const wait = { waitMs: tool.inlineWaitMs, answered: begun.answered };
  const task = await waitInline(call, begun.task, wait);
  if (isDone(task.state)) return answerOutcome(call, task, task.state);
  const open = toOpenRequests(task);
  if (open === null || !isElicitationDeclared(context)) return toHandleResult(task, mcp);
  const requests = Object.entries(open).map(([key, request]) => [key, begun.left[key] ?? request]);
  return toInputRequired(
    Object.fromEntries(requests) as InputRequests,
    toTaskState(task.taskRef, open),
  );
}

/** Starts the task, or asks what is to be answered first where the client can be asked. */
async function begin(
  call: TypedCall,
  before: InputResponses,
): Promise<Begun | { readonly question: Result }> {
  const { tool, params, context } = call;
  const args = tool.read(params.arguments);
  const asked = isElicitationDeclared(context)
    ? (toAsked(tool.operation.accept(args.parameters).askFirst(), undefined)?.requests ?? {})
    : {};
  const responses = await readResponses(asked, params, context);
  const { fitting, left } = sortAnswers(asked, { ...before, ...responses });
  if (Object.keys(left).length > 0) {
    return { question: toInputRequired(left, toAnswersState(fitting)) };
  }
  const task = await startTyped(call, args, fitting);
  return { task, answered: [], left: {} };
}

/** The task that asked, with its answers. */
async function resume(call: TypedCall, taskRef: string): Promise<Begun> {
  const { mcp, caller, tool, params, context } = call;
  const task = await mcp.tasks.read(caller, taskRef).catch((thrown: unknown) => {
    throw toErrorCode(thrown) === 'TASK_NOT_FOUND' ? createStateError() : thrown;
  });
  if (task.operation !== tool.operation.name) throw createStateError();
  const asked = toOpenRequests(task) ?? {};
  const { fitting, left } = sortAnswers(asked, await readResponses(asked, params, context));
  const answered = Object.keys(fitting);
  if (answered.length === 0) return { task, answered, left };
  try {
    return { task: await mcp.tasks.provideInput(caller, taskRef, fitting), answered, left };
  } catch (thrown) {
    // Whom the task asks may refuse what fits the schema. The caller has no handle but these questions: they are asked again.
    if (toErrorCode(thrown) !== 'INVALID_PARAMETERS') throw thrown;
    const { message } = toTaskError(thrown);
    const refused = Object.entries(asked).filter(([key]) => answered.includes(key));
    const again = refused.map(([key, request]) => [key, askAgain(request, message)] as const);
    return {
      task: await mcp.tasks.read(caller, taskRef),
      answered: [],
      left: { ...left, ...Object.fromEntries(again) },
    };
  }
}
