// What the pages of the Temporal UI ask for: answered by the HTTP API of the server, which knows the same routes as the API
// of Temporal's own UI server, but for the raw history. Invariant: no header of the caller's goes further.
import { Agent, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ServerApi } from '../server-state.ts';

/** Answers requests for `/api/`. */
export interface UiApi {
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  close(): void;
}

/** JSON as the pages know it. By itself the API writes payloads in a shorter form, without their encoding. */
const FORM = 'application/json+no-payload-shorthand';
const RAW_HISTORY =
  /^(\/api\/v1\/namespaces\/[^/?]+\/workflows\/[^/?]+)\/run\/([^/?]+)\/history\.json(?:\?|$)/;

/** Creates it, over the API of the server that runs at the moment. */
export function createUiApi(currentApi: () => ServerApi | null): UiApi {
  const agent = new Agent({ keepAlive: true });

  const ask = async (path: string, from?: IncomingMessage, signal?: AbortSignal) => {
    const api = currentApi();
    if (!api) throw new Error('the Temporal server is not ready');
    const { 'content-length': length } = from?.headers ?? {};
    const request = send({
      ...{ host: '127.0.0.1', port: api.port, path, method: from?.method ?? 'GET', agent },
      headers: {
        host: api.host,
        accept: FORM,
        'caller-type': 'operator', // people are served before programs when the server is busy
        ...(length !== undefined && { 'content-type': FORM, 'content-length': length }),
      },
      ...(signal && { signal }),
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve).once('error', reject);
    });
    if (from) from.pipe(request);
    else request.end();
    return answered;
  };

  const answerRawHistory = async (workflow: string, runId: string, response: ServerResponse) => {
    const events: unknown[] = [];
    for (let token: string | undefined; token !== '';) {
      const query = new URLSearchParams({ 'execution.runId': runId, nextPageToken: token ?? '' });
      const page = await ask(`${workflow}/history?${query.toString()}`);
      const body = (await json(page)) as HistoryPage;
      if (page.statusCode !== 200) {
        response.writeHead(page.statusCode ?? 502, HEADERS).end(JSON.stringify(body));
        return;
      }
      events.push(...(body.history?.events ?? []));
      token = body.nextPageToken ?? '';
    }
    response.writeHead(200, HEADERS).end(JSON.stringify(events));
  };

  return {
    answer: async (request, response) => {
      const path = request.url ?? '/';
      const [, workflow, runId] = RAW_HISTORY.exec(path) ?? [];
      if (workflow !== undefined && runId !== undefined && request.method === 'GET') {
        return answerRawHistory(workflow, decodeURIComponent(runId), response);
      }
      const gone = new AbortController(); // a page that waits for the next event of a history may be left
      response.once('close', () => {
        gone.abort();
      });
      const answer = await ask(path, request, gone.signal);
      response.writeHead(answer.statusCode ?? 502, HEADERS);
      await pipeline(answer, response);
    },
    close: () => {
      agent.destroy();
    },
  };
}

const HEADERS = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

interface HistoryPage {
  readonly history?: { readonly events?: readonly unknown[] };
  readonly nextPageToken?: string;
}
