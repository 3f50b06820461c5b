// Callbacks of upstreams: POST /callbacks/<token>. The token is what lets a caller in: nobody else knows it, and what is sent is
// checked by the operation. Invariant: 202 means that the callback is kept with its task, whatever happens next.
import { isUtf8 } from 'node:buffer';
import { ERRORS, toTaskError } from '../../contract/errors.ts';
import { CALLBACKS_PATH } from '../../contract/workflow/received-callback.ts';
import { headerOf } from '../../http/client.ts';
import { readRequest, sendJson } from '../../http/server.ts';
import type { Exchange } from './exchange.ts';

/** Largest callback, in bytes: it is kept in the history of its task. */
const MOST_BYTES = 262_144;

/** Hands a callback over to its task; resolves when it is kept. */
export type TakeCallback = (request: {
  readonly token: string;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}) => Promise<'taken' | 'unknown' | 'ended'>;

/** Whether a path is the address of a task. */
export function isCallbackPath({ path }: Exchange): boolean {
  return path.startsWith(CALLBACKS_PATH);
}

/** Creates what answers a callback. */
export function createCallbackAnswer(take: TakeCallback): (exchange: Exchange) => Promise<void> {
  return async ({ path, request, response }) => {
    const refuse = (status: number, message: string): void => {
      sendJson(response, status, { error: { message } });
    };
    if (request.method !== 'POST') {
      response.setHeader('allow', 'POST');
      refuse(405, 'callbacks are sent with POST');
      return;
    }
    const bytes = await readRequest(request, MOST_BYTES);
    if (bytes === null) {
      response.setHeader('connection', 'close');
      refuse(413, `a callback has at most ${MOST_BYTES} bytes; send where the result is instead`);
      return;
    }
    if (!isUtf8(bytes)) {
      refuse(400, 'the body is no text in UTF-8');
      return;
    }
    const token = path.slice(CALLBACKS_PATH.length);
    const header = (name: string) => headerOf(request.headers, name);
    try {
      const receipt = await take({ token, header, body: bytes.toString() });
      if (receipt === 'taken') sendJson(response, 202, { status: 'received' });
      else if (receipt === 'ended') refuse(410, 'the task has ended');
      else refuse(404, 'this is the address of no task');
    } catch (thrown) {
      const { code, message } = toTaskError(thrown);
      response.setHeader('retry-after', '2');
      refuse(ERRORS[code].seen.http, message);
    }
  };
}
