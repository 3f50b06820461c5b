// The tables of docs/observability.md, written from the table of metrics and the rules of alerts. They stand between
// `<!-- metrics -->` or `<!-- alerts -->` and `<!-- end -->`.
import { parse } from 'yaml';
import {
  METRICS_FROM,
  toPrometheusName,
  type Definition,
  type MetricName,
} from '../../src/observability/metrics.ts';
import { toTable } from './configuration-page.ts';

interface Rules {
  readonly groups: readonly {
    readonly rules: readonly {
      readonly alert: string;
      readonly for?: string;
      readonly labels: { readonly severity: string };
      readonly annotations: { readonly summary: string };
    }[];
  }[];
}

/** The page with its tables written anew. */
export function renderObservabilityPage(page: string, alerts: string): string {
  const metrics = Object.entries(METRICS_FROM).flatMap(([from, table]) =>
    Object.entries<Definition>(table).map(([name, { kind, labels, meaning }]) => [
      `\`${toPrometheusName('mcp_async', name as MetricName)}\``,
      kind === 'updown' ? 'gauge' : kind,
      labels.map((label) => `\`${label}\``).join(', '),
      from === 'any' ? 'each' : from,
      meaning,
    ]),
  );
  const { groups } = parse(alerts) as Rules;
  const rules = groups
    .flatMap((group) => group.rules)
    .map((rule) => [
      `\`${rule.alert}\``,
      rule.labels.severity,
      rule.for ?? 'at once',
      rule.annotations.summary.replaceAll(
        /\{\{ (?:\$labels\.(\w+)|[^}]*) \}\}/g,
        (_, label?: string) => (label === undefined ? '…' : `_${label}_`),
      ),
    ]);
  const tables = {
    metrics: toTable([['metric', 'kind', 'labels', 'from', 'meaning'], ...metrics]),
    alerts: toTable([['alert', 'severity', 'after', 'what it says'], ...rules]),
  };
  return Object.entries(tables).reduce(
    (text, [name, table]) =>
      text.replace(
        new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- end -->)`),
        (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
      ),
    page,
  );
}
