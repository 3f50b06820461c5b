// The instruments behind the table of metrics: where a process records what it measures. Invariant: a measurement has exactly
// the labels of its row.
import { ValueType, type Attributes, type Meter } from '@opentelemetry/api';
import { METRICS, type Definition, type MetricName } from './metrics.ts';

/** The labels of one measurement: exactly those of the table. */
type Labels<Name extends MetricName> = Readonly<
  Record<(typeof METRICS)[Name]['labels'][number], string>
>;

type NamesOf<Kind> = {
  [Name in MetricName]: (typeof METRICS)[Name]['kind'] extends Kind ? Name : never;
}[MetricName];

export interface Instruments {
  add<Name extends NamesOf<'counter' | 'updown'>>(
    name: Name,
    by: number,
    labels: Labels<Name>,
  ): void;
  record<Name extends NamesOf<'histogram'>>(name: Name, value: number, labels: Labels<Name>): void;
  /** Reads a gauge whenever metrics are collected. */
  observe<Name extends NamesOf<'gauge'>>(
    name: Name,
    read: () => Iterable<readonly [value: number, labels: Labels<Name>]>,
  ): void;
}

export function createInstruments(meter: Meter, prefix: string): Instruments {
  const adders = new Map<MetricName, { add(by: number, labels: Attributes): void }>();
  const histograms = new Map<MetricName, { record(value: number, labels: Attributes): void }>();
  for (const [key, definition] of Object.entries<Definition>(METRICS)) {
    const name = key as MetricName;
    const options = { description: definition.meaning };
    if (definition.kind === 'counter') {
      adders.set(name, meter.createCounter(`${prefix}_${name}`, options));
    } else if (definition.kind === 'updown') {
      adders.set(name, meter.createUpDownCounter(`${prefix}_${name}`, options));
    } else if (definition.kind === 'histogram') {
      const advice = { explicitBucketBoundaries: [...(definition.bounds ?? [])] };
      histograms.set(name, meter.createHistogram(`${prefix}_${name}`, { ...options, advice }));
    }
  }
  return {
    add: (name, by, labels) => adders.get(name)?.add(by, labels),
    record: (name, value, labels) => histograms.get(name)?.record(value, labels),
    observe: (name, read) => {
      meter
        .createObservableGauge(`${prefix}_${name}`, {
          description: METRICS[name].meaning,
          valueType: ValueType.DOUBLE,
        })
        .addCallback((result) => {
          for (const [value, labels] of read()) result.observe(value, labels);
        });
    },
  };
}
