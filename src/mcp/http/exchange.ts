// A request on its way through the gateway. Routes are a table: the first one that matches answers, once all of its guards have
// let the request pass. Invariant (E1): a guard answers nothing itself; what it refuses is sent, and counted, in one place.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Gate, Identity } from '../../auth/index.ts';
import { sendRefusal, type McpRefusal } from './send.ts';

/** A request, and what its guards have found out about it. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Without query and without a slash at its end. */
  readonly path: string;
  /** Who may call; `null` where every caller may. */
  readonly gate: Gate | null;
  /** Who calls; `null` before the guard of tokens, and where callers do not authenticate. */
  identity: Identity | null;
  /** The body, parsed; `undefined` before the guard of bodies, and where the body is no JSON. */
  message: unknown;
}

/** Why a request is refused; `null` where it may pass. */
export type Guard = (exchange: Exchange) => McpRefusal | null | Promise<McpRefusal | null>;

export interface Route {
  readonly matches: (exchange: Exchange) => boolean;
  /** In order: what stands later may rely on what stands before it. */
  readonly guards: readonly Guard[];
  readonly answer: (exchange: Exchange) => void | Promise<void>;
}

export function toExchange(
  request: IncomingMessage,
  response: ServerResponse,
  gate: Gate | null,
): Exchange {
  const path = (request.url ?? '/').replace(/\?.*$/, '').replace(/(?<=.)\/$/, '');
  return { request, response, path, gate, identity: null, message: undefined };
}

/** Answers a request by the first route that matches; returns the refusal, where it is one. */
export async function answer(
  routes: readonly Route[],
  exchange: Exchange,
): Promise<McpRefusal | null> {
  const route = routes.find(({ matches }) => matches(exchange));
  for (const guard of route?.guards ?? []) {
    const said = guard(exchange);
    const refusal = said instanceof Promise ? await said : said; // most say it at once
    if (!refusal) continue;
    sendRefusal(exchange.response, refusal);
    return refusal;
  }
  await route?.answer(exchange);
  return null;
}
