// The options of what people can see: logs, metrics, traces.
import * as z from 'zod';
import { parseWebUrl } from '../contract/web-url.ts';

const COLLECTOR = 'expected an http or https URL such as http://localhost:4318';

export const observability = z
  .strictObject({
    logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').meta({
      description: 'Least severe line that is logged. Logs go to stderr.',
      env: 'LONGHAUL_LOG_LEVEL',
      flag: '--log-level <level>',
    }),
    metricsPort: z.int().min(0).max(65_535).nullable().default(null).meta({
      description:
        'Port of the page `/metrics` for Prometheus, one per process; null serves none, 0 takes a free one.',
      env: 'LONGHAUL_METRICS_PORT',
      flag: '--metrics-port <number>',
    }),
    metricsHost: z.string().min(1).default('127.0.0.1').meta({
      description: 'Address that the page of metrics listens on. It asks for no token.',
      env: 'LONGHAUL_METRICS_HOST',
    }),
    metricsPrefix: z
      .string()
      .min(1)
      .max(64)
      .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/)
      .default('mcp_async')
      .meta({
        description: "What the names of Longhaul's own metrics begin with.",
        expected: 'letters, digits and "_", not beginning with a digit, at most 64',
      }),
    alertOnFailureRate: z.number().min(0).max(1).default(0.05).meta({
      description: 'Share of failed tasks above which the alert rules of `deploy/` fire.',
    }),
    otlpEndpoint: z
      .string()
      .refine((text) => parseWebUrl(text) !== null, COLLECTOR)
      .meta({ expected: COLLECTOR.replace('expected ', '') })
      .nullable()
      .default(null)
      .meta({
        description:
          'Collector that metrics and traces are sent to, by OTLP over HTTP; null sends none.',
        env: 'OTEL_EXPORTER_OTLP_ENDPOINT',
      }),
    traceSampleRatio: z.number().min(0).max(1).default(1).meta({
      description:
        'Share of calls without a trace of their own that begin one, where `otlpEndpoint` is set; 0 traces nothing at all.',
    }),
  })
  .prefault({})
  .meta({ description: 'What people can see.', worker: true });
