// What the steps of the demo share: the product, a real MCP client, and the printed story. Invariants: an answer has
// passed the client's check against the tool's output schema, and what is printed as true has been checked.
import { setTimeout as sleep } from 'node:timers/promises';
import { styleText } from 'node:util';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import type { InitiateAnswer, TaskAnswer } from '../../tasks/answer.ts';
import type { ErrorAnswer } from '../../tasks/error-answer.ts';
import type { CommandContext } from '../../assembly/context.ts';
import { VERSION } from '../../assembly/version.ts';
import type { Product } from './product.ts';

type Format = Parameters<typeof styleText>[0];

/** A call of `initiate_background_task`; later steps know its task by the key. */
export interface Start extends Record<string, unknown> {
  readonly idempotency_key: string;
}

export class Scene {
  readonly product: Product;
  /** The handles so far, by idempotency key: what an agent would remember. */
  readonly taskRefs = new Map<string, string>();
  readonly #context: Pick<CommandContext, 'stdout' | 'interrupted'>;
  #client: Client | undefined;
  #begunAt = 0;

  constructor(context: Pick<CommandContext, 'stdout' | 'interrupted'>, product: Product) {
    this.#context = context;
    this.product = product;
  }

  /** Since the step began, in milliseconds. */
  get elapsedMs(): number {
    return Math.round(performance.now() - this.#begunAt);
  }

  begin(number: number, title: string): void {
    this.#begunAt = performance.now();
    this.print(`\n${String(number).padStart(2)}  ${title}`, 'bold');
  }

  print(text: string, format?: Format): void {
    const { stdout } = this.#context;
    const isStyled = stdout.isTTY && format !== undefined;
    stdout.write(`${isStyled ? styleText(format, text, { validateStream: false }) : text}\n`);
  }

  /** What happens, indented below the title of its step. */
  say(text: string, format?: Format): void {
    this.print(`    ${text}`, format);
  }

  /** Prints the claim as held. Fails the step when it does not hold, with what there was instead. */
  hold(claim: string, holds: boolean, instead: unknown): void {
    if (!holds) throw new Error(`${claim}\n      got instead: ${JSON.stringify(instead)}`);
    this.say(`✓ ${claim}`, 'green');
  }

  /** Waits, in milliseconds, or until the demo is interrupted. */
  async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.#context.interrupted });
  }

  /** Connects to a gateway; a connection that was there before is dropped. Returns the names of the tools. */
  async connect(url: string): Promise<readonly string[]> {
    await this.disconnect();
    const versionNegotiation = { mode: 'auto' } as const;
    this.#client = new Client({ name: 'longhaul-demo', version: VERSION }, { versionNegotiation });
    const options = { signal: this.#context.interrupted };
    await this.#client.connect(new StreamableHTTPClientTransport(new URL(url)), options);
    const { tools } = await this.#client.listTools(undefined, options);
    return tools.map(({ name }) => name);
  }

  async disconnect(): Promise<void> {
    await this.#client?.close().catch(() => undefined); // the gateway may be dead
    this.#client = undefined;
  }

  /** Calls a tool. Reads of a task are not printed: the step says what it found. */
  async ask<Answer>(tool: string, args: Record<string, unknown>): Promise<Answer> {
    const { isError, structuredContent, content } = await this.#call(tool, args);
    if (isError) throw new Error(`${tool} was refused: ${JSON.stringify(content)}`);
    return structuredContent as Answer;
  }

  /** A call of `initiate_background_task` that is to be refused. */
  async refused(args: Record<string, unknown>): Promise<ErrorAnswer> {
    const { isError, content } = await this.#call('initiate_background_task', args);
    const [part] = content;
    if (!isError || part?.type !== 'text') throw new Error('the call was not refused');
    return (JSON.parse(part.text) as { readonly error: ErrorAnswer }).error;
  }

  async initiate(start: Start): Promise<InitiateAnswer> {
    const answer = await this.ask<InitiateAnswer>('initiate_background_task', start);
    this.taskRefs.set(start.idempotency_key, answer.task_ref);
    return answer;
  }

  async read({ idempotency_key: key }: Start, waitSeconds = 0): Promise<TaskAnswer> {
    const args = { task_ref: this.taskRefs.get(key), wait_seconds: waitSeconds };
    return this.ask('resolve_task_status', args);
  }

  async #call(tool: string, args: Record<string, unknown>) {
    if (!this.#client) throw new Error('the client is not connected');
    if (tool !== 'resolve_task_status') this.say(`→ ${tool} ${JSON.stringify(args)}`, 'cyan');
    const options = { signal: this.#context.interrupted };
    return this.#client.callTool({ name: tool, arguments: args }, options);
  }
}
