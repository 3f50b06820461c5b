// Which paths there are, what stands before each, and what answers it.
import { createHostGuard, createProbeGuard } from '../../http/guards.ts';
import { isBrowser, MCP_PATH, sendNotAllowed, sendNotFound, showPage } from './address.ts';
import { isCallbackPath } from './callbacks.ts';
import { isMetadata, sendMetadata } from './metadata.ts';
import { opensStream } from './change-streams.ts';
import { allowPage, isPreflight, sendPreflight } from './cors.ts';
import type { Exchange, Route } from './exchange.ts';
import { isFilePath, sendMethodsOfFiles, takesMethod } from './files.ts';
import {
  checkFileScope,
  checkToken,
  createBodyGuard,
  createScopeGuard,
  type FindOperation,
} from './guards.ts';
import { sendHealth, sendReadiness, type Readiness } from './health.ts';
import type { ListeningOptions } from './options.ts';

export interface RouteOptions extends Omit<ListeningOptions, 'port' | 'maxConnections'> {
  readonly findOperation: FindOperation;
  /** Sees every message that has arrived. */
  readonly observe: (exchange: Exchange) => void;
  readonly readiness: () => Promise<Readiness>;
  readonly answerMessage: Route['answer'];
  /** `null` where upstreams are given no addresses. */
  readonly answerCallback: Route['answer'] | null;
  /** Opens a stream that says when the list of tools has changed; `null` where it cannot. */
  readonly openStream: Route['answer'] | null;
  /** `null` where no files are kept. */
  readonly answerFile: Route['answer'] | null;
}

/** Creates the table. Every request has a route: the last one. */
export function createRoutes(options: RouteOptions): readonly Route[] {
  const { answerMessage, answerFile, answerCallback, openStream, readiness } = options;
  const hostGuard = createHostGuard(options.host, options.allowedHosts);
  const probeGuard = createProbeGuard(options.host, hostGuard);
  const probe = [({ request }: Exchange) => probeGuard(request)];
  const host = [({ request }: Exchange) => hostGuard(request)];
  const page = [...host, allowPage];
  const caller = [...page, checkToken];
  const body = createBodyGuard(options.maxBodyBytes, options.observe);
  const message = [...caller, body, createScopeGuard(options.findOperation)];

  const at = (wanted: string) => (exchange: Exchange) => exchange.path === wanted;
  const mcp = at(MCP_PATH);
  const file = ({ path }: Exchange) => answerFile !== null && isFilePath(path);
  const isOther = (exchange: Exchange) => exchange.request.method !== 'POST';
  const ready = async (exchange: Exchange) => sendReadiness(exchange, readiness);

  return [
    { matches: at('/healthz'), guards: probe, answer: sendHealth },
    { matches: at('/readyz'), guards: probe, answer: ready },
    { matches: isMetadata, guards: [], answer: sendMetadata },
    ...(answerCallback ? [{ matches: isCallbackPath, guards: [], answer: answerCallback }] : []),
    { matches: all(isPreflight, any(mcp, file)), guards: host, answer: sendPreflight },
    { matches: all(mcp, isBrowser), guards: page, answer: showPage },
    ...(openStream ? [{ matches: all(mcp, opensStream), guards: caller, answer: openStream }] : []),
    { matches: all(mcp, isOther), guards: caller, answer: sendNotAllowed },
    { matches: mcp, guards: message, answer: answerMessage },
    ...(answerFile
      ? [
          {
            matches: all(file, takesMethod),
            guards: [...caller, checkFileScope],
            answer: answerFile,
          },
          { matches: file, guards: page, answer: sendMethodsOfFiles },
        ]
      : []),
    { matches: all(at('/'), isBrowser), guards: host, answer: showPage },
    { matches: () => true, guards: host, answer: sendNotFound },
  ];
}

function all(...rules: readonly Route['matches'][]): Route['matches'] {
  return (exchange) => rules.every((rule) => rule(exchange));
}

function any(...rules: readonly Route['matches'][]): Route['matches'] {
  return (exchange) => rules.some((rule) => rule(exchange));
}
