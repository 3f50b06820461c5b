// A typed call on a modern connection. Questions that can be asked before the start are asked then; a client that takes tasks
// gets a task; any other the result, a question of the task, or the handle.
import type { Result, ServerContext } from '@modelcontextprotocol/server';
import { isErrorCode } from '../../contract/errors.ts';
import type { InputRequests, InputResponses } from '../../contract/input.ts';
import { isDone, type Task } from '../../contract/task.ts';
import { toAsked } from '../../operations/input/first.ts';
import { isExtensionDeclared, requireExtension } from '../native/capability.ts';
import { toHandleResult } from './handle.ts';
import { toOpenRequests, waitInline } from './inline.ts';
import { toExtensionResult } from './native.ts';
import { toOutcomeResult, toRelatedResult } from '../answers/outcome.ts';
import {
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
import { startTyped, type TypedRequest } from './start.ts';
import type { TypedTool } from './tool.ts';
import type { Typed } from './typed.ts';

/** The task of a call. */
interface Begun {
  readonly task: Task;
  /** Keys of the questions that this call has answered. */
  readonly answered: readonly string[];
  /** Questions that are to be asked again, with the reason. */
  readonly left: InputRequests;
}

/** Answers a call. */
export async function callModern(
  typed: Typed,
  tool: TypedTool,
  request: TypedRequest,
): Promise<Result> {
  const { context } = request;
  const takesTasks = isExtensionDeclared(context);
  if (tool.operation.taskSupport === 'required') requireExtension(context);
  const state = readState(context);
  const begun =
    state?.kind === 'task'
      ? await resume(typed, tool, request, state.taskRef)
      : await begin(typed, tool, request, state?.responses ?? {});
  if ('question' in begun) return begun.question;
  if (!takesTasks) return answerPlain(typed, tool, context, begun);
  // A client that takes tasks waits by itself, unless the operation says that its result is worth a moment.
  const waitMs = tool.operation.inlineWaitMs ?? 0;
  const task = await wait(typed, context, begun, waitMs);
  return waitMs > 0 && isDone(task.state)
    ? toRelatedResult(toOutcomeResult(task.state), task)
    : toExtensionResult(task, typed);
}

async function answerPlain(
  typed: Typed,
  tool: TypedTool,
  context: ServerContext,
  begun: Begun,
): Promise<Result> {
  const task = await wait(typed, context, begun, tool.inlineWaitMs);
  if (isDone(task.state)) return toOutcomeResult(task.state);
  const open = toOpenRequests(task);
  if (open === null || !isElicitationDeclared(context)) return toHandleResult(task, typed);
  const retold = Object.entries(open).map(([key, request]) => [key, begun.left[key] ?? request]);
  return toInputRequired(
    Object.fromEntries(retold) as InputRequests,
    toTaskState(task.taskRef, open),
  );
}

async function wait(
  typed: Typed,
  context: ServerContext,
  { task, answered }: Begun,
  waitMs: number,
): Promise<Task> {
  return waitInline(typed, context, task, { waitMs, answered, ask: null });
}

function readState({ mcpReq }: ServerContext): ReturnType<typeof parseRequestState> | null {
  const state: unknown = mcpReq.requestState();
  return typeof state === 'string' ? parseRequestState(state) : null;
}

/** Starts the task, or asks what is to be answered first where the client can be asked. */
async function begin(
  typed: Typed,
  tool: TypedTool,
  request: TypedRequest,
  before: InputResponses,
): Promise<Begun | { readonly question: Result }> {
  const { params, context } = request;
  const args = tool.read(params.arguments);
  const asked = isElicitationDeclared(context) ? toQuestions(tool, args.parameters) : {};
  const responses = await readResponses(asked, params, context);
  const { fitting, left } = sortAnswers(asked, { ...before, ...responses });
  if (Object.keys(left).length > 0) {
    return { question: toInputRequired(left, toAnswersState(fitting)) };
  }
  const task = await startTyped(typed, tool, request, args, fitting);
  return { task, answered: [], left: {} };
}

function toQuestions(
  { operation }: TypedTool,
  parameters: Parameters<TypedTool['operation']['accept']>[0],
): InputRequests {
  return toAsked(operation.accept(parameters).askFirst(), undefined)?.requests ?? {};
}

/** The task that asked, with its answers. */
async function resume(
  typed: Typed,
  { operation }: TypedTool,
  { params, context }: TypedRequest,
  taskRef: string,
): Promise<Begun> {
  const { tasks } = typed;
  const caller = typed.caller(context);
  const task = await tasks.read(caller, taskRef).catch((thrown: unknown) => {
    throw isUnknownTask(thrown) ? createStateError() : thrown;
  });
  if (task.operation !== operation.name) throw createStateError();
  const asked = toOpenRequests(task) ?? {};
  const { fitting, left } = sortAnswers(asked, await readResponses(asked, params, context));
  const answered = Object.keys(fitting);
  if (answered.length === 0) return { task, answered, left };
  return { task: await tasks.provideInput(caller, taskRef, fitting), answered, left };
}

function isUnknownTask(thrown: unknown): boolean {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : null;
  return isErrorCode(code) && code === 'TASK_NOT_FOUND';
}
