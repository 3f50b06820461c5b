// Real MCP clients behind one small surface: both eras of @modelcontextprotocol/client, and @modelcontextprotocol/sdk
// as the legacy client that most frameworks sit on. All of them check answers against the published output schemas.
import {
  Client,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as OldStdioTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttpTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

/** Who speaks which protocol. */
export const DIALECTS = ['client 2.4 modern', 'client 2.4 legacy', 'sdk 1.32 legacy'] as const;
export type Dialect = (typeof DIALECTS)[number];

/** Where the server is: over HTTP, in process (with `fetch`), or a program on stdio. */
export type Target =
  | {
      readonly url: string;
      readonly fetch?: (url: string | URL, init?: RequestInit) => Promise<Response>;
    }
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly cwd?: string;
      readonly env?: Record<string, string>;
    };

/** A tool as a client lists it. */
interface ListedTool {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: object;
  readonly outputSchema?: object | undefined;
  readonly annotations?: object | undefined;
}

/** The fields of all answers and refusals together, as far as tests read them. */
interface AnswerJson {
  readonly task_ref: string;
  readonly status: string;
  readonly idempotency_key: string;
  readonly created_at: string;
  readonly deadline: string;
  readonly tasks: readonly { readonly task_ref: string; readonly idempotency_key: string }[];
  readonly next_cursor: string | null;
  readonly operations: readonly object[];
  readonly result: unknown;
  readonly value: unknown;
  readonly next_step: string;
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly details: { readonly issues: readonly { readonly path: string }[] };
  };
}

/** What came back from a tool. */
interface ToolAnswer {
  readonly isError: boolean;
  /** The text part, as a model reads it. */
  readonly text: string;
  /** The text part, parsed. */
  readonly json: AnswerJson;
  readonly structured: unknown;
}

/** What a call may carry beside its arguments. */
interface CallOptions {
  /** Makes the client send a progress token. */
  readonly onProgress?: (notice: ClientProgress) => void;
  readonly signal?: AbortSignal;
}

/** A progress notification as a client reports it. */
export interface ClientProgress {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** A connected client; closes with its scope. */
export interface TestClient extends AsyncDisposable {
  readonly instructions: string | undefined;
  /** Sends `tools/list` and remembers the output schemas. */
  listTools(): Promise<readonly ListedTool[]>;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<ToolAnswer>;
}

/** Connects a client and lists the tools, as every agent does first. */
export async function connectClient(dialect: Dialect, target: Target): Promise<TestClient> {
  const client = await (dialect === 'sdk 1.32 legacy'
    ? connectOld(target)
    : connectNew(dialect === 'client 2.4 modern' ? 'auto' : 'legacy', target));
  const request = (options: CallOptions) => ({
    ...(options.onProgress && { onprogress: options.onProgress }),
    ...(options.signal && { signal: options.signal }),
  });
  await client.listTools();
  return {
    instructions: client.getInstructions(),
    listTools: async () => (await client.listTools()).tools,
    call: async (name, args, options = {}) => {
      const parameters = { name, ...(args && { arguments: args }) };
      return toToolAnswer(
        client instanceof OldClient
          ? await client.callTool(parameters, undefined, request(options))
          : await client.callTool(parameters, request(options)),
      );
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

async function connectNew(mode: 'auto' | 'legacy', target: Target): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' }, { versionNegotiation: { mode } });
  const transport: Transport =
    'url' in target
      ? new StreamableHTTPClientTransport(
          new URL(target.url),
          target.fetch ? { fetch: target.fetch } : {},
        )
      : new StdioClientTransport({ ...target, args: [...target.args] });
  await client.connect(transport);
  return client;
}

async function connectOld(target: Target): Promise<OldClient> {
  const client = new OldClient({ name: 'test', version: '1' });
  const transport =
    'url' in target
      ? new OldHttpTransport(new URL(target.url), target.fetch ? { fetch: target.fetch } : {})
      : new OldStdioTransport({ ...target, args: [...target.args] });
  await client.connect(transport);
  return client;
}

function toToolAnswer(result: object): ToolAnswer {
  const { content, structuredContent, isError } = result as {
    content: { type: string; text?: string }[];
    structuredContent?: unknown;
    isError?: boolean;
  };
  const text = content.map((part) => part.text ?? '').join('');
  return {
    isError: isError ?? false,
    text,
    // read late: the text of a text is no JSON
    get json() {
      return JSON.parse(text) as AnswerJson;
    },
    structured: structuredContent,
  };
}
