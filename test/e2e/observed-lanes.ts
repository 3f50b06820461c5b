// What is seen of a task, as far as it should be the same whatever carries it.
import type { CollectedSpan } from '../support/peers/otlp-collector.ts';
import type { Sample } from './scrape.ts';

export const LANES = ['workflow', 'activity'] as const;

/** The samples of an operation, but for how long something took; and the fleet is looked at while tasks end. */
export function toCounts(samples: readonly Sample[], operation: string): readonly string[] {
  return samples
    .filter(({ labels }) => labels['operation'] === operation)
    .filter(({ name }) => !/_seconds_(bucket|sum)$|async_tasks$/.test(name))
    .map(({ name, labels, value }) =>
      JSON.stringify([name, { ...labels, operation: 'any' }, value]),
    )
    .sort();
}

/** The names of a task's spans, each with that of its parent and its attempt. */
export function toShapes(spans: readonly CollectedSpan[], operation: string): readonly string[] {
  return spans
    .map(({ name, parentSpanId, attributes }) => {
      const parent = spans.find(({ spanId }) => spanId === parentSpanId)?.name;
      return JSON.stringify([name, parent, attributes['longhaul.attempt']]);
    })
    .map((shape) => shape.replaceAll(operation, 'any'))
    .sort();
}

/** The first line about an operation, without its time. */
export function findLine(log: string, operation: string): Readonly<Record<string, unknown>> {
  const line = log.split('\n').find((one) => one.includes(`"operation":"${operation}"`));
  return { ...(JSON.parse(line ?? '{}') as object), time: null };
}
