// `longhaul try`: one operation, run in this process and without Temporal, so that a declaration is written in minutes. Nothing is
// kept: no task, no file. Invariant: what is printed holds no secret that the operation names.
import { createHash, hash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSettings } from '../assembly/settings.ts';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { ERRORS, OperationError, toTaskError, type TaskError } from '../contract/errors.ts';
import { InputRequired } from '../contract/input.ts';
import { parseJson } from '../contract/json/exact-number.ts';
import type { Json } from '../contract/json.ts';
import type { DeclaredContext, ObservedExchange } from '../operations/context.ts';
import { ask } from '../operations/input/ask.ts';
import type { Job, Operation, PollSteps, Submitted } from '../operations/operation.ts';
import { UnreadPoll } from '../operations/poll-error.ts';
import { createServices } from '../operations/services.ts';
import type { Flags } from '../assembly/flags.ts';

export interface TryFlags extends Flags {
  readonly parameters: string;
  readonly timeout: number;
}

type Say = (line: string) => void;

/** Runs it; exits with 1 when it fails. */
export async function tryOperation(
  around: CommandContext,
  name: string,
  flags: TryFlags,
): Promise<ExitCode> {
  const { registry, host } = await loadSettings(around, flags, 'try');
  const { operation } = registry.get(name);
  const { timeout: seconds } = flags;
  const parameters = parseParameters(flags.parameters);
  operation.accept(parameters);
  const say: Say = (line) => void around.stdout.write(`${line}\n`);
  await using services = createServices(host);
  const over = AbortSignal.timeout(seconds * 1000);
  const signal = AbortSignal.any([around.interrupted, over]);
  const context: DeclaredContext = {
    ...createBareContext(say),
    signal,
    secret: host.secret,
    services,
    observe: (exchange) => {
      say(describe(exchange));
    },
  };
  try {
    say(`the result: ${JSON.stringify(await run(operation, parameters, context, say), null, 2)}`);
    return EXIT.ok;
  } catch (thrown) {
    if (around.interrupted.aborted) {
      say('it was interrupted');
      return EXIT.failed;
    }
    if (thrown instanceof InputRequired) {
      for (const { message } of Object.values(thrown.requests)) say(`it asks: ${message}`);
      say('only a task can be answered; start one with longhaul dev');
      return EXIT.failed;
    }
    const error: TaskError = over.aborted
      ? {
          code: 'DEADLINE_EXCEEDED',
          message: `it did not end within ${seconds} s`,
          retryable: false,
        }
      : toTaskError(thrown);
    say(`it failed: ${error.code} ${error.message}`);
    if (error.details !== undefined) {
      say(`details: ${JSON.stringify(error.details, null, 2)}`);
    }
    return EXIT.failed;
  }
}

function parseParameters(text: string): Json {
  try {
    return parseJson(text) as Json;
  } catch (error) {
    throw new UsageError(`--parameters: expected JSON: ${(error as Error).message}`);
  }
}

async function run(
  { name, steps }: Operation,
  parameters: Json,
  context: DeclaredContext,
  say: Say,
): Promise<Json> {
  if (steps.kind === 'run') return steps.run(parameters, context);
  if (steps.kind === 'job') {
    return followJob(steps, await steps.submit(parameters, context), parameters, context, say);
  }
  if (steps.kind === 'call') {
    const answer = await steps.call(parameters, context);
    return 'result' in answer
      ? answer.result
      : followJob(steps, answer.followed, parameters, context, say);
  }
  throw new UsageError(`${name} runs in Temporal; start it with longhaul dev`);
}

async function followJob(
  steps: PollSteps,
  submitted: Submitted,
  parameters: Json,
  context: DeclaredContext,
  say: Say,
): Promise<Json> {
  let { handle } = submitted;
  say(`the job's handle: ${JSON.stringify(handle)}`);
  let pauseMs = submitted.firstLookMs ?? 0;
  let growingMs = steps.polling.initialIntervalMs;
  try {
    for (;;) {
      await sleep(pauseMs, undefined, { signal: context.signal });
      pauseMs = growingMs;
      growingMs = Math.min(
        growingMs * steps.polling.backoffMultiplier,
        steps.polling.maxIntervalMs,
      );
      const seen = await steps.poll({ parameters, handle }, context).catch((thrown: unknown) => {
        if (!mayPass(thrown)) throw thrown;
        say(`this poll says nothing: ${thrown.message}`);
        pauseMs = Math.max(pauseMs, thrown.retryAfterMs ?? 0);
        return null;
      });
      if (seen === null) continue;
      handle = seen.handle ?? handle;
      if (seen.done) return seen.result;
      say(
        `the job runs: ${seen.progress?.message ?? ''} ${seen.progress?.fraction ?? ''}`.trimEnd(),
      );
      pauseMs = seen.pollAfterMs ?? pauseMs;
    }
  } catch (thrown) {
    if (context.signal.aborted) await cancel(steps, { parameters, handle }, context, say);
    throw thrown;
  }
}

function mayPass(thrown: unknown): thrown is OperationError {
  if (thrown instanceof UnreadPoll) return thrown.again;
  return thrown instanceof OperationError && ERRORS[thrown.code].retryable;
}

/** Longest cancel, in milliseconds. */
const CANCEL_MS = 15_000;

async function cancel(
  steps: PollSteps,
  job: Job,
  context: DeclaredContext,
  say: Say,
): Promise<void> {
  const what = `the job ${JSON.stringify(job.handle)}`;
  if (!steps.cancel) {
    say(`${what} may go on upstream, since the operation cannot cancel it`);
    return;
  }
  const signal = AbortSignal.timeout(CANCEL_MS);
  await steps.cancel(job, { ...context, signal }).then(
    () => {
      say(`${what} was cancelled upstream`);
    },
    (thrown: unknown) => {
      say(`${what} may go on upstream: ${toTaskError(thrown).message}`);
    },
  );
}

/** What an attempt gets; none of it is kept. */
function createBareContext(say: Say): Omit<DeclaredContext, 'signal' | 'secret' | 'services'> {
  const log = (message: string): void => {
    say(message);
  };
  return {
    progress: (fraction, message) => {
      say(`progress: ${message ?? ''} ${fraction ?? ''}`.trimEnd());
    },
    idempotencyKey: hash('sha256', `${process.pid}.${Date.now()}`, 'base64url'),
    attempt: 1,
    delayedMs: 0,
    principal: 'local',
    inputResponses: {},
    hasAsked: false,
    ask: (requests) => ask(requests, {}),
    store: async (content, mimeType = 'application/octet-stream') => {
      const bytes = createHash('sha256');
      let size = 0;
      for await (const chunk of content) {
        bytes.update(chunk);
        size += chunk.length;
      }
      const sha256 = bytes.digest('hex');
      return { uri: `longhaul://files/${sha256}`, mimeType, size, sha256 };
    },
    open: async () => Promise.reject(new OperationError('FILE_NOT_FOUND', 'a try has no files')),
    log: { debug: log, info: log, warn: log, error: log },
  };
}

/** Most of a body that is shown, in characters. */
const SHOWN = 4_000;

function describe({ request, headers, body, answer, error }: ObservedExchange): string {
  const lines = [
    `> ${request}`,
    ...Object.entries(headers).map(([name, value]) => `> ${name}: ${value}`),
  ];
  if (body !== null) lines.push(`> ${cutText(body)}`);
  if (answer) lines.push(`< ${answer.status}`, `< ${cutText(JSON.stringify(answer.body))}`);
  if (error !== undefined) lines.push(`< ${cutText(JSON.stringify(error))}`);
  return lines.join('\n');
}

function cutText(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}… (${text.length} characters)`;
}
