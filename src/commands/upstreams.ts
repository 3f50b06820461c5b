// `longhaul upstreams pin`: what the upstreams list now becomes what is served of them, until somebody pins them again.
import { writeFileSync } from 'node:fs';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { loadSettings } from '../assembly/settings.ts';
import { readPins, toPinsFile } from '../assembly/upstreams/pins.ts';
import { toUpstreams } from '../assembly/upstreams/upstreams.ts';
import { toDifferences, toListed, toPinned } from '../operations/kinds/mcp/pin.ts';
import { toReason } from '../operations/kinds/mcp/failure.ts';
import { listTools } from '../operations/kinds/mcp/tools.ts';

export interface PinFlags extends Flags {
  /** Say what is different, and write nothing. */
  readonly check?: boolean;
}

/** Asks the upstreams that are named, or all of them; fails where one cannot be asked, and a check where one differs. */
export async function pinUpstreams(
  context: CommandContext,
  names: readonly string[],
  flags: PinFlags,
): Promise<ExitCode> {
  const { config, host } = await loadSettings(context, flags, 'upstreams');
  const declared = toUpstreams(config);
  const unknown = names.find((name) => !declared.some((upstream) => upstream.name === name));
  const known = declared.map(({ name }) => name).join(', ') || 'none';
  if (unknown !== undefined)
    throw new UsageError(`there is no upstream ${unknown}; in the configuration: ${known}`);
  if (declared.length === 0) throw new UsageError('the configuration has no upstreams to pin');
  const file = toPinsFile(config);
  const before = readPins(config);
  const asked = declared.filter(({ name }) => names.length === 0 || names.includes(name));
  const say = (line: string): void => void context.stdout.write(`${line}\n`);
  let differs = false;
  const listings = await Promise.all(
    asked.map(async (upstream) =>
      listTools(upstream, host).catch((error: unknown) => {
        const left = flags.check ? 'was not checked' : 'was not pinned';
        context.stderr.write(`upstream ${upstream.name}: ${toReason(error)}; it ${left}\n`);
        return null;
      }),
    ),
  );
  const found = listings.filter((listing) => listing !== null);
  for (const listing of found) {
    const { upstream: name, problems } = listing;
    const pinned = before.get(name);
    const lines = pinned ? toDifferences(pinned, listing) : ['it was not pinned yet'];
    if (lines.length > 0) differs = true;
    for (const line of [...problems, ...lines.map((one) => `upstream ${name}: ${one}`)]) say(line);
  }
  const exitCode = found.length < asked.length ? EXIT.failed : EXIT.ok;
  if (flags.check) {
    if (differs) say(`${file} is not what the upstreams list.`);
    else if (exitCode === EXIT.ok) say(`${file} is what the upstreams list.`);
    return differs ? EXIT.failed : exitCode;
  }
  if (found.length === 0 && asked.length > 0) return exitCode;
  const kept = [...before].filter(([name]) => declared.some((upstream) => upstream.name === name));
  const pins = new Map([
    ...kept.map(([name, pinned]) => [name, toPinned(toListed(name, pinned))] as const),
    ...found.map((listing) => [listing.upstream, toPinned(listing)] as const),
  ]);
  const sorted = [...pins].sort(([one], [other]) => (one < other ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(sorted), undefined, 2)}\n`);
  say(
    `Pinned ${found.map(({ upstream }) => upstream).join(', ')} in ${file}. Review it, and deploy it with the configuration.`,
  );
  return exitCode;
}
