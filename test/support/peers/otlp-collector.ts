// A collector that takes OTLP over HTTP in JSON, as the processes under test send it, and remembers what came.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A span, as far as tests read it. */
export interface CollectedSpan {
  /** The process that sent it: `dev`, `worker` … */
  readonly role: string;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentSpanId: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A collector that listens. */
export interface OtlpCollector extends AsyncDisposable {
  readonly url: string;
  readonly spans: readonly CollectedSpan[];
  /** Names of the metrics that came. */
  readonly metrics: ReadonlySet<string>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface Resource {
  readonly resource: { readonly attributes: readonly Attribute[] };
}

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: readonly Attribute[];
}

interface Body {
  readonly resourceSpans?: readonly (Resource & {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  })[];
  readonly resourceMetrics?: readonly (Resource & {
    readonly scopeMetrics: readonly { readonly metrics: readonly { readonly name: string }[] }[];
  })[];
}

/** Starts a collector on a free port. */
export async function startOtlpCollector(): Promise<OtlpCollector> {
  const spans: CollectedSpan[] = [];
  const metrics = new Set<string>();
  const take = ({ resourceSpans = [], resourceMetrics = [] }: Body) => {
    for (const { resource, scopeSpans } of resourceSpans) {
      const role = String(toRecord(resource.attributes)['longhaul.role']);
      for (const { name, traceId, spanId, parentSpanId = '', attributes } of scopeSpans.flatMap(
        (scope) => scope.spans,
      )) {
        spans.push({ role, name, traceId, spanId, parentSpanId, attributes: toRecord(attributes) });
      }
    }
    for (const { name } of resourceMetrics.flatMap(({ scopeMetrics }) =>
      scopeMetrics.flatMap((scope) => scope.metrics),
    )) {
      metrics.add(name);
    }
  };
  const server = createServer((request, response) => {
    const isJson = request.headers['content-type'] === 'application/json';
    void (isJson ? json(request) : Promise.resolve({})).then((body) => {
      take(body as Body);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    metrics,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toRecord(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
