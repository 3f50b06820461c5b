// Opens what a process is seen by: instruments and their page, spans, and the collector that both are sent to. Loaded only
// where something of it is configured.
import { randomUUID } from 'node:crypto';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes, type Resource } from '@opentelemetry/resources';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
} from '@opentelemetry/sdk-trace-base';
import { reportFailedSendings } from './failed-sendings.ts';
import { createInstruments, type Instruments } from './instruments.ts';
import { traceOutgoing } from './outgoing.ts';
import { servePage, type PageOptions } from './page.ts';
import { createSpans, type Spans } from './spans.ts';

export interface TelemetryOptions {
  readonly version: string;
  /** What the process is: `dev`, `serve`, `worker` … */
  readonly role: string;
  /** What the names of metrics begin with. */
  readonly prefix: string;
  /** Where Prometheus reads; `null` for nowhere. */
  readonly page: Omit<PageOptions, 'read'> | null;
  /** Where everything is sent to; `null` for nowhere. */
  readonly collector: { readonly url: string; readonly traceSampleRatio: number } | null;
  /** Told why something could not be sent to the collector, once a minute at most. */
  readonly onSendingFailed: (reason: string) => void;
}

export interface OpenTelemetry extends AsyncDisposable {
  readonly instruments: Instruments;
  /** `null` where tracing is off. */
  readonly spans: Spans | null;
  /** Of the page; `null` where none is served. */
  readonly pageUrl: string | null;
}

const SEND_MS = 15_000;

/** How long a sending may take with all of its retries, in milliseconds: a process that ends waits for its last. */
const SENDING_MS = 3_000;

/** Most series of one metric: what a fleet of some hundred operations needs. */
const SERIES = 20_000;

/** The name under which all spans and metrics are made. */
const SCOPE = 'longhaul';

export async function openTelemetry(options: TelemetryOptions): Promise<OpenTelemetry> {
  const { version, role, prefix, collector, onSendingFailed } = options;
  const failedSendings = collector && reportFailedSendings(onSendingFailed);
  const resource = resourceFromAttributes({
    'service.name': 'longhaul',
    'service.version': version,
    'service.instance.id': randomUUID(),
    'longhaul.role': role,
  });
  const reader = new PrometheusExporter({ preventServerStart: true });
  const meters = new MeterProvider({
    resource,
    // By default an instrument takes 2,000 series: operations times codes can be more.
    views: [{ instrumentName: '*', aggregationCardinalityLimit: SERIES }],
    readers: [
      ...(options.page ? [reader] : []),
      ...(collector
        ? [
            new PeriodicExportingMetricReader({
              exporter: new OTLPMetricExporter({
                url: toUrl(collector.url, 'v1/metrics'),
                timeoutMillis: SENDING_MS,
              }),
              exportIntervalMillis: SEND_MS,
            }),
          ]
        : []),
    ],
  });
  const instruments = createInstruments(meters.getMeter(SCOPE, version), prefix);
  const serializer = new PrometheusSerializer('', false, undefined, false, true);
  const read = async () => serializer.serialize((await reader.collect()).resourceMetrics);
  const page = options.page && (await servePage({ ...options.page, read }));
  const tracing =
    collector && collector.traceSampleRatio > 0 ? openTracing(resource, collector, version) : null;
  return {
    instruments,
    spans: tracing?.spans ?? null,
    pageUrl: page?.url ?? null,
    [Symbol.asyncDispose]: async () => {
      await page?.[Symbol.asyncDispose]();
      await Promise.allSettled([tracing?.close(), meters.shutdown()]);
      failedSendings?.[Symbol.dispose]();
    },
  };
}

/** Spans of the operations' authors join in: the provider is the one that OpenTelemetry's API finds in this process. */
function openTracing(
  resource: Resource,
  { url, traceSampleRatio }: NonNullable<TelemetryOptions['collector']>,
  version: string,
): { readonly spans: Spans; readonly close: () => Promise<void> } {
  const provider = new BasicTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(traceSampleRatio) }),
    spanProcessors: [
      new BatchSpanProcessor(
        new OTLPTraceExporter({ url: toUrl(url, 'v1/traces'), timeoutMillis: SENDING_MS }),
      ),
    ],
  });
  const manager = new AsyncLocalStorageContextManager().enable();
  context.setGlobalContextManager(manager);
  trace.setGlobalTracerProvider(provider);
  const tracer = provider.getTracer(SCOPE, version);
  const outgoing = traceOutgoing(tracer);
  return {
    spans: createSpans(tracer),
    close: async () => {
      outgoing[Symbol.dispose]();
      trace.disable();
      context.disable();
      manager.disable();
      await provider.shutdown();
    },
  };
}

function toUrl(base: string, path: string): string {
  return `${base.replace(/\/$/, '')}/${path}`;
}
