// Tables of Markdown, and how figures stand in them.
import { round, type Latency, type Throughput } from './sample.ts';

export function latency({ p50, p99 }: Latency): string {
  return `p50 ${round(p50)} ms, p99 ${round(p99)} ms`;
}

export function throughput(measured: Throughput): string {
  return `${measured.perSecond}/s, ${latency(measured)}`;
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
