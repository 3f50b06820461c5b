// The price list as it stands in docs/cost.md.
import type { Lane } from '../../src/contract/lane.ts';
import { table } from '../table.ts';
import type { Price } from './count.ts';

/** Around what `npm run bench:cost` writes. */
const [BEGIN, END] = ['<!-- price list: npm run bench:cost writes it -->', '<!-- end -->'];

/** A million tasks, one after the other, through a day. */
const MILLION = 1_000_000;

const HOUR_MS = 3_600_000;

export interface PricedRow {
  readonly name: string;
  readonly lane: Lane;
  readonly price: Price;
}

const HEAD = [
  ...['task', 'lane', 'actions', 'events', 'calls', 'writes'],
  ...['CPU of worker, gateway and server, ms', 'history, KiB', 'database, KiB'],
];

const DAY = ['a million a day', 'lane', 'actions, millions', 'CPU hours', 'database, GiB'];

/** Both tables: of one task, and of a million. */
export function toPriceList(rows: readonly PricedRow[]): string {
  const kib = (bytes: number) => String(Math.round(bytes / 1024));
  const one = rows.map(({ name, lane, price }) => [
    ...[name, lane],
    ...[price.actions, price.events, price.calls, price.writes].map((count) =>
      String(Math.round(count)),
    ),
    [price.workerMs, price.gatewayMs, price.serverMs].map(Math.round).join(', '),
    kib(price.historyBytes),
    kib(price.storedBytes),
  ]);
  const million = rows.map(({ name, lane, price }) => [
    ...[name, lane],
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
