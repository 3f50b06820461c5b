// Requests to the HTTP gateway, measured, and calls that are refused on any transport. Invariant: a method or a tool that is
// not in the tables is `other`; what callers make up never becomes a label.
import type { ServerResponse } from 'node:http';
import { isJsonObject } from '../contract/json.ts';
import type { Instruments } from './instruments.ts';

/** Sees a message that has arrived, and the response that will answer it. */
export type RequestObserver = (message: unknown, response: ServerResponse) => void;

const METHODS = new Set([
  'initialize',
  'notifications/initialized',
  'notifications/cancelled',
  'ping',
  'server/discover',
  'tools/list',
  'subscriptions/listen',
  'resources/list',
  'resources/templates/list',
  'resources/read',
]);

const NATIVE = new Set(['tasks/get', 'tasks/result', 'tasks/list', 'tasks/update', 'tasks/cancel']);

export function toRequestLabels(
  message: unknown,
  controlTools: ReadonlySet<string>,
): {
  readonly face: string;
  readonly method: string;
} {
  const { method, params } = isJsonObject(message) ? message : {};
  if (method === 'tools/call') {
    const name = isJsonObject(params) ? params['name'] : null;
    return typeof name === 'string' && controlTools.has(name)
      ? { face: 'pair', method: name }
      : { face: 'typed', method };
  }
  if (typeof method !== 'string') return { face: 'protocol', method: 'other' };
  if (NATIVE.has(method)) return { face: 'native', method };
  return { face: 'protocol', method: METHODS.has(method) ? method : 'other' };
}

/** Measures requests from their arrival to the end of the answer; a caller that goes away ends its request. */
export function createRequestObserver(
  controlTools: ReadonlySet<string>,
  instruments: Instruments,
): RequestObserver {
  return (message, response) => {
    const began = performance.now();
    response.once('close', () => {
      const status = response.headersSent ? String(response.statusCode) : 'aborted';
      const seconds = (performance.now() - began) / 1000;
      const labels = { ...toRequestLabels(message, controlTools), status };
      instruments.record('request_duration_seconds', seconds, labels);
    });
  };
}

/** What is refused beside the methods of MCP: files over HTTP. */
const PATHS = new Set(['/files']);

/** Counts refusals; `operations` have tools of their own names. */
export function createRefusalObserver(
  controlTools: ReadonlySet<string>,
  operations: readonly string[],
  instruments: Instruments,
): (what: string, code: string) => void {
  const own = new Set(operations);
  const isKnown = (what: string) =>
    [controlTools, NATIVE, METHODS, PATHS].some((known) => known.has(what));
  return (what, code) => {
    const method = isKnown(what) ? what : own.has(what) ? 'tools/call' : 'other';
    instruments.add('refusals', 1, { method, code });
  };
}
