// A server over HTTP that answers as none should. What it does with a call is the name of the tool; what it does with everything, the
// path of its address.
import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A protected path, whose metadata names an authorization server. */
const OAUTH = '/oauth';

export interface BadServer extends AsyncDisposable {
  readonly origin: string;
  /** Of every request, by its path. */
  readonly headers: (IncomingHttpHeaders & { readonly path: string })[];
  /** Of every message, as it came. */
  readonly bodies: string[];
  /** Names the authorization server of its protected path. */
  setIssuer(issuer: string): void;
  /** Ends every session that there is. */
  forget(): void;
}

interface Message {
  readonly id?: number;
  readonly method: string;
  readonly params?: { readonly name?: string };
}

type Answer = (id: number, response: ServerResponse) => void;

const object = { type: 'object' };
const reply: (result: object) => Answer = (result) => (id, response) => {
  send(response, JSON.stringify({ jsonrpc: '2.0', id, result }));
};
const fail: (code: number, message: string) => Answer = (code, message) => (id, response) => {
  send(response, JSON.stringify({ jsonrpc: '2.0', id, error: { code, message } }));
};
const status: (code: number, headers?: Record<string, string>) => Answer =
  (code, headers = {}) =>
  (_, response) => {
    response.writeHead(code, headers).end('<p>no</p>');
  };

/** What a call does, by the name of the tool. */
const CALLS: Readonly<Record<string, Answer>> = {
  fine: reply({ content: [{ type: 'text', text: 'fine' }] }),
  no_result: reply({}),
  a_list: (id, response) => {
    send(response, JSON.stringify({ jsonrpc: '2.0', id, result: [1] }));
  },
  an_error: fail(-32_000, 'the shelf is locked'),
  odd_error: (id, response) => {
    send(response, JSON.stringify({ jsonrpc: '2.0', id, error: 'no' }));
  },
  other_id: (_, response) => {
    send(response, '{"jsonrpc":"2.0","id":"other","result":{"content":[]}}');
  },
  no_json: (_, response) => {
    send(response, '{"jsonrpc":');
  },
  a_page: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello</p>');
  },
  not_utf8: (id, response) => {
    const head = Buffer.from(
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`,
    );
    send(response, Buffer.concat([head, Buffer.from([0xff, 0xfe, 0x41]), Buffer.from('"}]}}')]));
  },
  ends_early: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(': nothing\n\n');
  },
  breaks_off: (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': nothing\n\n', () => response.destroy());
  },
  hangs_up: (_, response) => {
    response.destroy();
  },
  huge: (id, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"`);
    const piece = 'x'.repeat(1 << 20);
    let pieces = 0;
    const more = (): void => {
      if (response.destroyed) return;
      pieces += 1;
      if (pieces > 100) response.end('"}]}}');
      else response.write(piece, more);
    };
    more();
  },
  deep: (id, response) => {
    const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    send(
      response,
      `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"structuredContent":${nested}}}`,
    );
  },
  moved: status(307, { location: 'http://127.0.0.1:1/mcp' }),
  forbidden: status(403),
  unauthorized: status(401),
  gone: status(410),
  broken: status(500),
  busy: status(503, { 'retry-after': '1' }),
};

function toChallenge(origin: string): string {
  return `Bearer resource_metadata="${origin}/.well-known/oauth-protected-resource${OAUTH}"`;
}

function send(response: ServerResponse, body: string | Buffer): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
}

export async function startBadServer(): Promise<BadServer> {
  const headers: BadServer['headers'] = [];
  const bodies: string[] = [];
  let issuer = '';
  let session = 1;
  let origin = '';
  const answer = async (
    path: string,
    message: Message,
    response: ServerResponse,
  ): Promise<void> => {
    const { id, method, params } = message;
    if (id === undefined) return void response.writeHead(202).end();
    const capabilities = { tools: {} };
    const serverInfo = { name: 'bad', version: '1' };
    switch (method) {
      case 'initialize': {
        response.setHeader('mcp-session-id', `session-${session}`);
        const protocolVersion = path === '/future' ? '2099-01-01' : '2025-11-25';
        reply({ protocolVersion, capabilities, serverInfo })(id, response);
        return;
      }
      case 'tools/list': {
        const tools = Object.keys(CALLS).map((name) => ({ name, inputSchema: object }));
        reply({ tools })(id, response);
        return;
      }
      case 'tools/call': {
        (CALLS[params?.name ?? ''] ?? fail(-32_602, 'no such tool'))(id, response);
        return;
      }
      case 'prompts/get': {
        reply({ messages: [] })(id, response);
        return;
      }
      default: {
        fail(-32_601, 'Method not found')(id, response);
        return;
      }
    }
  };
  const http: Server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? '';
      headers.push({ ...request.headers, path });
      if (path.startsWith('/.well-known/oauth-protected-resource')) {
        const about = { resource: `${origin}${OAUTH}`, authorization_servers: [issuer] };
        send(response, JSON.stringify(about));
        return;
      }
      if (request.method !== 'POST') return response.writeHead(405).end();
      if (path === OAUTH && request.headers.authorization?.startsWith('Bearer ey') !== true) {
        status(401, { 'www-authenticate': toChallenge(origin) })(0, response);
        return;
      }
      if (path === '/401') {
        status(401)(0, response);
        return;
      }
      if (path === '/401-metadata') {
        status(401, { 'www-authenticate': toChallenge(origin) })(0, response);
        return;
      }
      if (path === '/403') {
        status(403)(0, response);
        return;
      }
      const known = request.headers['mcp-session-id'];
      const body = await text(request);
      bodies.push(body);
      const message = JSON.parse(body) as Message;
      if (known !== undefined && known !== `session-${session}`) {
        return response
          .writeHead(404)
          .end('{"jsonrpc":"2.0","id":null,"error":{"code":-32001,"message":"Session not found"}}');
      }
      return answer(path, message, response);
    })();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    origin,
    headers,
    bodies,
    setIssuer: (next) => {
      issuer = next;
    },
    forget: () => {
      session += 1;
    },
    [Symbol.asyncDispose]: async () => {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}
