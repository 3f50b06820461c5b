// `longhaul wrap`: a gateway for one upstream, without a configuration of one's own. What is wrapped becomes a configuration in a
// folder of the user's, one for each command and working directory, so that the background worker reads it there and two wraps share
// no task. Invariant: secrets stand in it by reference alone.
import { hash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadConfiguration } from '../assembly/configuration.ts';
import { UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Settings } from '../assembly/settings.ts';
import { parseWebUrl } from '../contract/web-url.ts';
import { ALL_LISTED } from '../mcp/options.ts';
import { stateDirectory, writePrivateFile } from '../trust/index.ts';
import type { Flags } from '../assembly/flags.ts';
import { dev } from './dev.ts';
import { stdio } from './stdio.ts';

export interface WrapFlags extends Flags {
  readonly name?: string;
  readonly http?: boolean;
  readonly env?: readonly string[];
  readonly header?: readonly string[];
}

/** A client that expects the server itself waits for an answer; most do for 30 s and longer. */
const INLINE_SECONDS = 20;

/** Serves the tools of one server until the client leaves, or until it is interrupted. */
export async function wrap(
  context: CommandContext,
  server: readonly string[],
  { name, http, env, header = [], ...flags }: WrapFlags,
): Promise<ExitCode> {
  const declared = toUpstream(server, context.workingDirectory, env, header);
  const called = name ?? toName(server);
  const identity = JSON.stringify([called, server, context.workingDirectory, env ?? []]);
  const mark = hash('sha256', identity, 'hex').slice(0, 12);
  const directory = join(stateDirectory(context.env), 'wrap', `${called}-${mark}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, 'longhaul.config.json');
  const text = {
    server: { name: called },
    builtins: false,
    // Its tools are what the client knows, and may permit by name.
    tools: { inlineWaitSeconds: INLINE_SECONDS, maxListed: ALL_LISTED },
    upstreams: { [called]: declared },
  };
  writePrivateFile(file, `${JSON.stringify(text, undefined, 2)}\n`);
  const given = { ...flags, config: file };
  const own = { ...context, config: await loadConfiguration(context, given) };
  return (http ? dev : stdio)(own, given, refuseUnlisted);
}

/**
 * Fails where the server has never been listed, and cannot be now: a gateway without any tool would tell an agent nothing, while a
 * client whose server does not start says why. One that was listed before is served by that list, also while it is away.
 */
function refuseUnlisted({ upstreams }: Settings): void {
  const unlisted = upstreams.unlisted();
  for (const [name, { reason }] of upstreams.health.read()) {
    if (reason === null || !unlisted.includes(name)) continue;
    const wayOut = /HTTP 40[13]/.test(reason)
      ? "; a token goes to it by --header 'authorization: Bearer ${env:TOKEN}'"
      : '';
    throw new Error(`upstream ${name} cannot be served: ${reason}${wayOut}`);
  }
}

function toUpstream(
  [first = '', ...rest]: readonly string[],
  workingDirectory: string,
  env: readonly string[] | undefined,
  header: readonly string[],
): object {
  if (!parseWebUrl(first)) {
    if (header.length > 0) throw new UsageError('--header is for a URL; a command has none');
    return { command: first, args: rest, cwd: workingDirectory, ...(env && { env }) };
  }
  if (rest.length > 0) throw new UsageError(`${first} is a URL, and takes no arguments`);
  if (env) throw new UsageError('--env is for a command; a URL has --header');
  const headers = header.map((line) => {
    const [, key, value] = /^([^:\s]+):\s*(.+)$/.exec(line) ?? [];
    if (key === undefined) throw new UsageError(`--header ${line}: expected NAME: VALUE`);
    return [key, value] as const;
  });
  return { url: first, headers: Object.fromEntries(headers) };
}

/** What runs another program is not what is wrapped. */
const RUNNERS = /^(npx|bunx|bun|uvx|uv|node|python[\d.]*|deno|docker|pnpm|dlx|run|exec)$/;
/** Files and folders that every program has. */
const COMMON = /^(index|main|cli|server|dist|build|src|lib|bin)$/;

/** The name of the program, or the host of the URL. */
function toName(server: readonly string[]): string {
  const url = parseWebUrl(server[0] ?? '');
  const program = server.find((word) => !RUNNERS.test(basename(word)) && !word.startsWith('-'));
  const parts = (program ?? '')
    .split(/[\\/]/)
    .map((part) => part.replace(/(.)@.*$|\.(?:[cm]?[jt]s|py)$/, '$1'));
  const name = (url ? url.hostname : (parts.findLast((part) => !COMMON.test(part)) ?? ''))
    .replace(/[^A-Za-z0-9_-]/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 32);
  return name === '' ? 'upstream' : name;
}
