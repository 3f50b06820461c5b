// What the steps of the demo share: the product, a real MCP client, and the printed story. Invariants: an answer has
// passed the client's check against the tool's output schema, and what is printed as true has been checked.
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Transport } from '@modelcontextprotocol/client';
import type { InitiateAnswer, TaskAnswer, TaskSummary } from '../../tasks/answer.ts';
import type { ErrorAnswer } from '../../tasks/error-answer.ts';
import type { CommandContext } from '../../assembly/context.ts';
import { toStyled, type Style } from '../../assembly/styled.ts';
import { VERSION } from '../../assembly/version.ts';
import type { Product } from './product.ts';

/** Longest wait for what a step waits for, in milliseconds. */
const LIMIT_MS = 75_000;

const INITIATE = 'initiate_background_task';

/** A call of `initiate_background_task`; later steps know its task by the key. */
export type Start = Readonly<Record<string, unknown> & { idempotency_key: string }>;

export class Scene {
  readonly product: Product;
  /** The handles so far, by idempotency key: what an agent would remember. */
  readonly taskRefs = new Map<string, string>();
  readonly #stdout: CommandContext['stdout'];
  readonly #options: { readonly signal: AbortSignal };
  readonly #client = new Client(
    { name: 'longhaul-demo', version: VERSION },
    { versionNegotiation: { mode: 'auto' } },
  );
  #saidAt = 0;

  constructor({ stdout, interrupted }: CommandContext, product: Product) {
    this.#stdout = stdout;
    this.#options = { signal: interrupted };
    this.product = product;
  }

  /** What happens, by default indented below the title of its step. */
  say(text: string, style?: Style, indent = '    '): void {
    this.#saidAt = performance.now();
    this.#stdout.write(`${toStyled(style, indent + text, this.#stdout)}\n`);
  }

  /** Prints the claim as held, and how long that took. Fails the step when it does not hold, with what there was instead. */
  hold(claim: string, holds: boolean, instead: unknown): void {
    if (!holds) throw new Error(`${claim}\n      got instead: ${JSON.stringify(instead)}`);
    const ms = Math.round(performance.now() - this.#saidAt);
    this.say(`✓ ${claim}${ms > 0 ? ` (${ms} ms)` : ''}`, 'green');
  }

  /** Connects to a gateway; a connection that was there before is dropped. Returns the names of the tools. */
  async connect(transport: Transport): Promise<readonly string[]> {
    await this.#client.close();
    await this.#client.connect(transport, this.#options);
    const { tools } = await this.#client.listTools(undefined, this.#options);
    return tools.map(({ name }) => name);
  }

  /** Ends the connection and the product. */
  async close(): Promise<void> {
    await this.#client.close().catch(() => undefined); // the gateway may be dead
    await this.product.close();
  }

  /** The answer of a tool, or its refusal. Reads of a task are not printed: the step says what it found. */
  async ask<Answer>(tool: string, args: Record<string, unknown>, refused = false): Promise<Answer> {
    if (tool !== 'resolve_task_status') this.say(`→ ${tool} ${JSON.stringify(args)}`, 'cyan');
    const call = { name: tool, arguments: args };
    const { isError = false, ...answer } = await this.#client.callTool(call, this.#options);
    const [part] = answer.content; // of a refusal, all that it says
    const text = part?.type === 'text' ? part.text : '';
    if (isError !== refused) throw new Error(`${tool}: ${isError ? '' : 'not '}refused: ${text}`);
    return (answer.structuredContent ?? JSON.parse(text)) as Answer;
  }

  async initiate(start: Start): Promise<InitiateAnswer> {
    const answer = await this.ask<InitiateAnswer>(INITIATE, start);
    this.taskRefs.set(start.idempotency_key, answer.task_ref);
    return answer;
  }

  /** Holds that a start is refused, with this code. */
  async refused(args: Record<string, unknown>, code: string): Promise<ErrorAnswer> {
    const { error } = await this.ask<{ readonly error: ErrorAnswer }>(INITIATE, args, true);
    this.hold(`refused with ${error.code}: ${error.message}`, error.code === code, error);
    return error;
  }

  async list(args: Record<string, unknown>): Promise<readonly TaskSummary[]> {
    return (await this.ask<{ readonly tasks: TaskSummary[] }>('list_background_tasks', args)).tasks;
  }

  async read({ idempotency_key: key }: Start, waitSeconds = 0): Promise<TaskAnswer> {
    const args = { task_ref: this.taskRefs.get(key), wait_seconds: waitSeconds };
    return this.ask('resolve_task_status', args);
  }

  /** Reads the task, each time when its `poll_after_ms` says so, until it is as it should be. */
  async until(start: Start, isSo: (task: TaskAnswer) => boolean, wait = 0): Promise<TaskAnswer> {
    for (const limit = performance.now() + LIMIT_MS; ;) {
      const task = await this.read(start, wait);
      if (isSo(task)) return task;
      const isOver = task.done || performance.now() > limit;
      if (isOver) throw new Error(`waited for in vain: ${JSON.stringify(task)}`);
      await sleep(task.poll_after_ms ?? 0, undefined, this.#options);
    }
  }

  /** Waits for the end of the task, and holds that it is this: `completed on attempt 1`, or the code of an error. */
  async ends(start: Start, outcome: string, reason: string): Promise<TaskAnswer> {
    const task = await this.until(start, ({ done }) => done, 25);
    const ended = task.error?.code ?? `${task.status} on attempt ${String(task.attempt)}`;
    this.hold(`${start.idempotency_key} ${outcome}: ${reason}`, ended === outcome, task);
    return task;
  }
}
