// Scripted models with the habits of real ones. Each follows its habit until a sentence of the gateway says otherwise,
// and then does what the sentence says: a model that needs to know more than that fails its test.
import type { Exchange, ModelCall, Policy, Turn } from './session.ts';

/** What every model was asked to do. */
export interface Assignment {
  readonly operation: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly key: string;
}

/** Calls without a break, whatever the answers say. */
export function eagerPoller(assignment: Assignment): Policy {
  return poller(assignment, () => 0);
}

/** Polls every 200 ms, whatever `poll_after_ms` says. */
export function deafPoller(assignment: Assignment): Policy {
  return poller(assignment, () => 200);
}

/** Comes back when `poll_after_ms` says, and never waits: naive polling as its inventors meant it. */
export function naivePoller(assignment: Assignment): Policy {
  return poller(assignment, (last) => last.json.poll_after_ms ?? 0);
}

/** Takes the handle, and lets every poll wait. */
export function waiter(assignment: Assignment): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    return last.json.done ? end(last) : follow(last);
  };
}

/** Starts and at once forgets that it has: it does the same again, and follows the answer from there. */
export function forgetful(assignment: Assignment): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last || seen.length === 1) return { calls: [initiate(assignment)] };
    return last.json.done ? end(last) : follow(last);
  };
}

/** Loses the handle with its context, and has only the instructions of the server to find it again. */
export function scatterbrained(assignment: Assignment, instructions: string): Policy {
  const finder = /(\w+) finds a lost task_ref/.exec(instructions)?.[1] ?? 'give_up';
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    if (seen.length === 1) return { calls: [{ tool: finder, args: {} }] };
    return last.json.done ? end(last) : followFound(last, assignment.key);
  };
}

/** Starts several tasks in one turn, and reads them all in the next. */
export function parallel(assignments: readonly Assignment[]): Policy {
  return (seen) => {
    if (seen.length === 0) return { calls: assignments.map((assignment) => initiate(assignment)) };
    const latest = seen.slice(-assignments.length);
    const open = latest.filter(({ json }) => !json.done);
    if (open.length === 0) return { says: JSON.stringify(latest.map(({ json }) => json.result)) };
    return { calls: latest.map((exchange) => resolve(refOf(exchange), { wait_seconds: 25 })) };
  };
}

/** Starts the same again under a new key; then does what the answer says. */
export function restarter(assignment: Assignment): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    if (seen.length === 1) {
      return { calls: [initiate({ ...assignment, key: `${assignment.key}-again` })] };
    }
    if (last.json.done && last.tool !== 'cancel_background_task') return end(last);
    const other = /same request as (\S+),.*call cancel_background_task/.exec(
      last.json.next_step ?? '',
    )?.[1];
    if (other)
      return { calls: [{ tool: 'cancel_background_task', args: { task_ref: refOf(last) } }] };
    if (last.tool === 'cancel_background_task') {
      return { calls: [resolve(refOf(seen[0]), { wait_seconds: 25 })] };
    }
    return follow(last);
  };
}

/** Starts a task and then asks for one that it has made up; it mends that as the refusal says. */
export function hallucinator(assignment: Assignment): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    if (seen.length === 1) return { calls: [resolve('task_8f3a2b')] };
    if (last.isError) return { calls: [{ tool: finderIn(last), args: {} }] };
    return last.json.done ? end(last) : followFound(last, assignment.key);
  };
}

function poller(assignment: Assignment, pauseAfter: (last: Exchange) => number): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    if (last.json.done) return end(last);
    return { calls: [resolve(refOf(last))], pauseMs: pauseAfter(last) };
  };
}

/** The call that starts it. */
export function initiate({ operation, parameters, key }: Assignment): ModelCall {
  const args = { operation_type: operation, parameters, idempotency_key: key };
  return { tool: 'initiate_background_task', args };
}

function resolve(taskRef: string, more: object = {}): ModelCall {
  return { tool: 'resolve_task_status', args: { task_ref: taskRef, ...more } };
}

/** Does what `next_step` says about a task that is not done. */
export function follow(last: Pick<Exchange, 'json' | 'text'>): { readonly calls: [ModelCall] } {
  const { next_step: step = '' } = last.json;
  const seconds = /resolve_task_status .*wait_seconds up to (\d+)/.exec(step)?.[1];
  if (seconds === undefined) throw new Error(`nothing to follow: ${last.text}`);
  return { calls: [resolve(refOf(last), { wait_seconds: Number(seconds) })] };
}

/** Follows the task of a key as a list shows it, or the answer itself where it is no list. A list that lacks it is read again. */
function followFound(last: Exchange, key: string): Turn {
  if (!last.json.tasks) return follow(last);
  const task = last.json.tasks.find(({ idempotency_key }) => idempotency_key === key);
  if (!task) return { calls: [{ tool: last.tool, args: last.args }], pauseMs: 1_000 };
  return { calls: [resolve(task.task_ref, { wait_seconds: 25 })] };
}

/** The tool that a refusal sends to. */
function finderIn({ text }: Exchange): string {
  const tool = /(\w+) finds handles again/.exec(text)?.[1];
  if (!tool) throw new Error(`nothing to follow: ${text}`);
  return tool;
}

/** The handle in an answer. @throws {Error} when it has none */
export function refOf(exchange: Pick<Exchange, 'json' | 'text'> | undefined): string {
  const ref = exchange?.json.task_ref;
  if (ref === undefined) throw new Error(`no task_ref: ${exchange?.text}`);
  return ref;
}

/** The last word: the result, or the answer as it is. */
export function end({ text, json }: Exchange): Turn {
  return { says: json.status === 'completed' ? JSON.stringify(json.result) : text };
}
