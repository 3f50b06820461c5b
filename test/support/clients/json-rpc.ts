// JSON-RPC by hand, in the form of either generation of tasks: what no client's own checks can hide.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Json } from '../../../src/contract/json.ts';
import { send } from '../gateways/http-gateway.ts';

/** What came back. */
export interface NativeAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Empty where there is an error. */
  readonly result: Readonly<Record<string, Json>>;
  readonly error: { readonly code: number; readonly message: string; readonly data?: Json } | null;
  /** Notifications that came before the answer, by method. */
  readonly notified: readonly string[];
}

const EXTENSION = 'io.modelcontextprotocol/tasks';
const META = 'io.modelcontextprotocol/';

/** What a client of the extension declares. */
export const WITH_TASKS = { extensions: { [EXTENSION]: {} } };

/** A modern request; `headers` replace its own, and `_meta` of the parameters comes beside what it carries itself. */
export async function callModern(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  capabilities: object = WITH_TASKS,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<NativeAnswer> {
  const name = params['taskId'] ?? params['name'];
  const _meta = {
    ...(params['_meta'] as object | undefined),
    [`${META}protocolVersion`]: '2026-07-28',
    [`${META}clientCapabilities`]: capabilities,
  };
  const answer = await send(url, {
    headers: {
      'mcp-protocol-version': '2026-07-28',
      'mcp-method': method,
      'mcp-name': typeof name === 'string' ? name : undefined,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta } }),
  });
  return toNativeAnswer(answer);
}

/** A request of 2025-11-25. */
export async function callLegacy(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<NativeAnswer> {
  const answer = await send(url, {
    headers: { 'mcp-protocol-version': '2025-11-25', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  return toNativeAnswer(answer);
}

/** Accepts what a task asks, as another client of the extension, as soon as it asks. */
export async function answerElsewhere(url: string, taskId: string): Promise<void> {
  const inputResponses = Object.fromEntries(
    (await untilQuestions(url, taskId)).map((key) => [
      key,
      { action: 'accept', content: { confirm: true } },
    ]),
  );
  await callModern(url, 'tasks/update', { taskId, inputResponses });
}

/** The keys of what a task asks, as soon as it asks. */
export async function untilQuestions(url: string, taskId: string): Promise<readonly string[]> {
  for (let reads = 0; reads < 1_000; reads += 1) {
    const { result } = await callModern(url, 'tasks/get', { taskId });
    if (result['status'] === 'input_required') return Object.keys(result['inputRequests'] ?? {});
    await sleep(100);
  }
  throw new Error('the task asked nothing in time');
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, Json>>;
  readonly error?: NonNullable<NativeAnswer['error']>;
}

function toNativeAnswer({ status, text }: { status: number; text: string }): NativeAnswer {
  const lines = text.startsWith('{')
    ? [text]
    : text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []));
  const messages = lines.map((line) => JSON.parse(line) as Message);
  const answer = messages.find(({ method }) => method === undefined);
  if (!answer) throw new Error(`no answer in: ${text}`);
  return {
    status,
    result: answer.result ?? {},
    error: answer.error ?? null,
    notified: messages.flatMap(({ method }) => method ?? []),
  };
}
