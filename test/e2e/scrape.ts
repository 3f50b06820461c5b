// A page of metrics, read.

/** One series with its value. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  /** As it stands on the page, without the value. */
  readonly series: string;
}

/** Reads a page in Prometheus's text format. */
export async function scrape(url: string): Promise<readonly Sample[]> {
  const answer = await fetch(url);
  const text = await answer.text();
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, series = '', value = ''] = /^(.+) (\S+)$/.exec(line) ?? [];
      const [, name = '', labels = ''] = /^([^{]+)(?:\{(.*)\})?$/.exec(series) ?? [];
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)];
      return {
        name,
        labels: Object.fromEntries(pairs.map(([, key = '', held = '']) => [key, held])),
        value: Number(value.replace('Inf', 'Infinity')),
        series,
      };
    });
}

/** The value of the first series with this name and at least these labels. */
export function valueIn(
  samples: readonly Sample[],
  wanted: string,
  expected: Readonly<Record<string, string>> = {},
): number | undefined {
  return samples.find(
    ({ name, labels }) =>
      name === wanted && Object.entries(expected).every(([key, value]) => labels[key] === value),
  )?.value;
}
