// An MCP client with a person behind it, who answers what tasks ask: over either era, in process.
import {
  Client,
  InMemoryTransport,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import type { JsonObject } from '../../../src/contract/json.ts';
import type { Registry } from '../../../src/operations/registry.ts';
import type { TaskService } from '../../../src/tasks/service.ts';
import { createFace } from '../../support/gateways/face.ts';

export interface Person extends AsyncDisposable {
  readonly client: Client;
  /** What was asked so far. */
  readonly asked: readonly string[];
}

/** What the person answers, by the beginning of the question, one after the other; `null` declines. */
export type Answers = Readonly<Record<string, (JsonObject | null)[]>>;

export async function connectPerson(
  era: 'modern' | 'legacy',
  { tasks, registry }: { readonly tasks: TaskService; readonly registry: Registry },
  answers: Answers,
): Promise<Person> {
  const face = createFace({ tasks, registry });
  const asked: string[] = [];
  const client = new Client(
    { name: 'person', version: '1' },
    {
      capabilities: { elicitation: {} },
      versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' },
    },
  );
  client.setRequestHandler('elicitation/create', async ({ params: { message } }) => {
    asked.push(message);
    const [, left] = Object.entries(answers).find(([start]) => message.startsWith(start)) ?? [];
    const content = left?.shift();
    if (content === undefined) return new Promise(() => undefined); // thinks about it
    return content === null
      ? { action: 'decline' }
      : { action: 'accept', content: content as Record<string, string> };
  });
  if (era === 'modern') {
    const { url, fetch } = face.target;
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { fetch }));
  } else {
    const [near, far] = InMemoryTransport.createLinkedPair();
    await (await face.factory.create({ era })).connect(far);
    await client.connect(near);
  }
  return { client, asked, [Symbol.asyncDispose]: async () => client.close() };
}
