// The price list as it stands in docs/cost.md.
import { table } from '../table.ts';
import type { Price } from './count.ts';

/** Around what `npm run bench:cost` writes. */
const [BEGIN, END] = ['<!-- price list: npm run bench:cost writes it -->', '<!-- end -->'];

/** A million tasks, one after the other, through a day. */
const MILLION = 1_000_000;

const HOUR_MS = 3_600_000;

const HEAD = [
  ...['task', 'actions', 'events', 'calls', 'writes'],
  ...['CPU of worker, gateway and server, ms', 'history, KiB', 'database, KiB'],
];

const DAY = ['a million a day', 'actions, millions', 'CPU hours', 'database, GiB'];

/** Both tables: of one task, and of a million. */
export function toPriceList(prices: Readonly<Record<string, Price>>): string {
  const rows = Object.entries(prices);
  const kib = (bytes: number) => String(Math.round(bytes / 1024));
  const one = rows.map(([name, price]) => [
    name,
    ...[price.actions, price.events, price.calls, price.writes].map((count) =>
      String(Math.round(count)),
    ),
    [price.workerMs, price.gatewayMs, price.serverMs].map(Math.round).join(', '),
    kib(price.historyBytes),
    kib(price.storedBytes),
  ]);
  const million = rows.map(([name, price]) => [
    name,
    String(Math.round(price.actions)),
    String(Math.round(((price.workerMs + price.gatewayMs + price.serverMs) * MILLION) / HOUR_MS)),
    String(Math.round((price.storedBytes * MILLION) / 1024 ** 3)),
  ]);
  return `${table(HEAD, one)}\n\n${table(DAY, million)}`;
}

/** The page with a list in the place of its own. */
export function withPriceList(page: string, list: string): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (before === undefined || after === undefined) throw new Error(`no ${BEGIN} in the page`);
  return `${before}${BEGIN}\n\n${list}\n\n${END}${after}`;
}
