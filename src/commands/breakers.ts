// `longhaul breakers`: which operations are switched off for the moment, and switching them off and on for the whole fleet.
// The right to it is access to Temporal.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  parseEntryName,
  type BreakerEntries,
  type BreakerEntry,
  type BreakerNews,
} from '../contract/workflow/breaker.ts';
import { toInstant } from '../tasks/answer.ts';
import { createRead, reportToFleet, type Fleet } from '../temporal/breaker/shared.ts';
import { toView, type CircuitView } from '../temporal/breaker/view.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { withTemporal } from '../assembly/with-temporal.ts';
import { align } from './text/task-text.ts';

/** What an operator wants: `auto` leaves the breaker to itself again, closed. */
export type BreakerOrder = Extract<BreakerNews, { event: 'set' }>['to'];

export interface BreakerFlags extends Flags {
  readonly reason?: string;
}

/** How long a worker may take to take an order in, in milliseconds. */
const TAKE_IN_MS = 10_000;

export async function listBreakers(context: CommandContext, flags: Flags): Promise<ExitCode> {
  return withFleet(context, flags, async ({ names, fleet }) => {
    const entries = await createRead(fleet)();
    print(context, flags, names, entries);
    return EXIT.ok;
  });
}

/** `breakers open`, `close` and `auto`. */
export async function orderBreaker(
  context: CommandContext,
  operation: string,
  to: BreakerOrder,
  flags: BreakerFlags,
): Promise<ExitCode> {
  return withFleet(context, flags, async ({ names, fleet }) => {
    if (!names.includes(operation)) {
      const known = names.length > 0 ? `; those that have one: ${names.join(', ')}` : '';
      context.stderr.write(
        `${operation} has no circuit breaker: its policy needs breakerFailures${known}\n`,
      );
      return EXIT.usage;
    }
    const read = createRead(fleet);
    const before = (await read())[operation];
    const isAsOrdered = (entry: BreakerEntry | undefined): boolean => {
      if (to !== 'auto') return entry?.by === 'operator' && entry.open === (to === 'open');
      return !entry || (entry.by === 'failures' && entry.openedAt !== toOpenedAt(before));
    };
    await reportToFleet(fleet, { event: 'set', operation, to, reason: flags.reason ?? '' });
    const until = Date.now() + TAKE_IN_MS;
    let entries = await read();
    while (!isAsOrdered(entries[operation]) && Date.now() < until) {
      await sleep(100);
      entries = await read();
    }
    if (!isAsOrdered(entries[operation])) {
      context.stderr.write('No worker has taken it in yet; it holds as soon as one does.\n');
    }
    print(context, flags, [operation], entries);
    return EXIT.ok;
  });
}

function toOpenedAt(entry: BreakerEntry | undefined): number | null {
  return entry?.by === 'failures' ? entry.openedAt : null;
}

interface BreakerFleet {
  /** Operations that have a breaker. */
  readonly names: readonly string[];
  readonly fleet: Fleet;
}

async function withFleet(
  context: CommandContext,
  flags: Flags,
  act: (fleet: BreakerFleet) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withTemporal(context, flags, 'breakers', async ({ config, registry, temporal }) => {
    const names = registry.all.flatMap(({ operation, policy }) =>
      policy.breaker ? [operation.name] : [],
    );
    const { client, namespace } = temporal.connected;
    return act({ names, fleet: { client, namespace, taskQueue: config.temporal.taskQueue } });
  });
}

function print(
  context: CommandContext,
  { json }: Flags,
  names: readonly string[],
  entries: BreakerEntries,
): void {
  const ofPrincipals = (operation: string) =>
    Object.keys(entries).filter(
      (name) => name !== operation && parseEntryName(name).operation === operation,
    );
  const views = names
    .flatMap((name) => [name, ...ofPrincipals(name).sort()])
    .map((name) => toAnswer(name, toView(entries[name] ?? null)));
  context.stdout.write(`${json ? JSON.stringify({ breakers: views }) : toTable(views)}\n`);
}

type BreakerAnswer = Readonly<Record<(typeof COLUMNS)[number], string | null>>;

const COLUMNS = ['operation_type', 'principal', 'state', 'by', 'since', 'until', 'reason'] as const;

function toAnswer(name: string, view: CircuitView): BreakerAnswer {
  const { operation, principal } = parseEntryName(name);
  return {
    operation_type: operation,
    principal,
    state: view.state,
    by: view.by === 'nobody' ? null : view.by,
    since: 'since' in view ? toInstant(view.since) : null,
    until: 'until' in view && view.until !== null ? toInstant(view.until) : null,
    reason: 'reason' in view && view.reason !== '' ? view.reason : null,
  };
}

function toTable(answers: readonly BreakerAnswer[]): string {
  if (answers.length === 0) return 'No operation has a circuit breaker: none sets breakerFailures.';
  const rows = answers.map((answer) => COLUMNS.map((column) => answer[column] ?? '-'));
  const [, ...others] = COLUMNS.map((column) => column.toUpperCase());
  return align([['OPERATION', ...others], ...rows]).join('\n');
}
