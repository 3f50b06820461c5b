// `longhaul doctor`: every dependency, checked in the order in which they are needed, each with the way to repair it.
import { once } from 'node:events';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { LoadedConfig } from '../config/index.ts';
import * as z from 'zod';
import { messageOf } from '../contract/text.ts';
import { toHostname } from '../http/server.ts';
import {
  connectTemporal,
  type TemporalAddress,
  type TemporalConnection,
} from '../temporal/connection/connection.ts';
import {
  checkRoom,
  findTemporalCli,
  openDataDirectory,
  readDataDirectory,
} from '../local/index.ts';
import { orGiveUp } from '../contract/give-up.ts';
import { installRuntime } from '../temporal/connection/runtime.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { describeToolProblems } from '../assembly/faces.ts';
import { checkLanes, describeLanes } from '../assembly/lanes.ts';
import { describeProxies } from '../assembly/proxies.ts';
import { loadSettings, type Settings } from '../assembly/settings.ts';
import { toStyled } from '../assembly/styled.ts';
import { toUpstreams } from '../assembly/upstreams/upstreams.ts';
import { checkTargets } from './doctor-targets.ts';
import { toReason } from '../operations/kinds/mcp/failure.ts';
import { PIN_COMMAND, toDifferences, type Pinned } from '../operations/kinds/mcp/pin.ts';
import { listTools } from '../operations/kinds/mcp/tools.ts';
import { findToolRules, type Upstream } from '../operations/kinds/mcp/upstream.ts';
import type { ServiceHost } from '../operations/services.ts';

/** Longest check, in milliseconds: a name server or a mount that never answers is a finding, too. */
const CHECK_MS = 30_000;

/** Longest search for the Temporal CLI, which may have to be built, in milliseconds. */
const CLI_MS = 45 * 60_000;

/** Longest wait for what has the HTTP port to say what it is, in milliseconds. */
const PROBE_MS = 2_000;

interface Finding {
  readonly check: string;
  readonly ok: boolean;
  /** What was found; for a failure with the way out. */
  readonly detail: string;
}

/** What a check has found: in words, and for the checks that come after it. */
type Found<Value> = string | readonly [detail: string, value: Value];

type Check = <Value>(
  name: string,
  find: () => Found<Value> | Promise<Found<Value>>,
  limitMs?: number,
) => Promise<Value | undefined>;

/** Runs every check; exits with 1 when one fails. */
export async function doctor(context: CommandContext, flags: Flags): Promise<ExitCode> {
  const findings: Finding[] = [];
  const check: Check = async (name, find, limitMs = CHECK_MS) => {
    const over = AbortSignal.timeout(limitMs);
    try {
      const found = await orGiveUp(
        (async () => find())(),
        AbortSignal.any([context.interrupted, over]),
      );
      const [detail, value] = typeof found === 'string' ? [found] : found;
      findings.push({ check: name, ok: true, detail });
      return value;
    } catch (error) {
      context.interrupted.throwIfAborted();
      const detail =
        error === over.reason ? `no answer within ${limitMs / 1000} s` : messageOf(error);
      findings.push({ check: name, ok: false, detail });
      return undefined;
    }
  };
  await check('Node', () => process.version);
  await check('proxies', () => describeProxies(context.env));
  const settings = await check('configuration', async () => {
    const loaded = await loadSettings(context, flags, 'doctor');
    const { file } = loaded.config;
    return [`${file ?? 'none, defaults hold'}; ${loaded.registry.all.length} operations`, loaded];
  });
  if (settings) await checkSettings(settings, check);
  print(context, findings, flags.json ?? false);
  return findings.every(({ ok }) => ok) ? EXIT.ok : EXIT.failed;
}

async function checkSettings(settings: Settings, check: Check): Promise<void> {
  const { config, upstreams, offered, resolved, host } = settings;
  await check(
    'tools',
    () => describeToolProblems(config, offered).join('; ') || 'every client takes them',
  );
  for (const upstream of toUpstreams(config)) {
    const pinned = upstreams.pins.get(upstream.name);
    await check(`upstream ${upstream.name}`, async () => checkUpstream(upstream, host, pinned));
  }
  await check('encryption', async () => {
    const { encryption } = await resolved.keys();
    const ids = config.encryption.keys.map(({ id }) => id).join(', ');
    return encryption ? `${ids}; ${encryption.keyring.active.id} encrypts` : 'off';
  });
  const target = await check('Temporal settings', () => {
    const found = resolved.address();
    return [found?.connectionOptions.address ?? 'none, the embedded server is used', found];
  });
  if (target) await check('Temporal', async () => checkCluster(settings, target));
  const own = target ?? (await checkEmbedded(settings, check)) ?? null;
  await checkTargets(settings, own, check);
  await check('HTTP port', async () => checkPort(config));
}

async function checkEmbedded(
  settings: Settings,
  check: Check,
): Promise<TemporalAddress | undefined> {
  const { env, stderr, interrupted } = settings.context;
  const { dataDirectory, dataElsewhere, temporal } = settings.config;
  const find = async () => {
    const { file, version } = await findTemporalCli({
      env: temporal.cli === null ? env : { ...env, LONGHAUL_TEMPORAL_CLI: temporal.cli },
      report: (line) => void stderr.write(`${line}\n`),
      signal: interrupted,
    });
    return `${file} (${version})`;
  };
  await check('Temporal CLI', find, CLI_MS);
  await check('data directory', async () => {
    const { path } = await openDataDirectory(dataDirectory);
    await access(path, constants.W_OK);
    await checkRoom(path);
    return dataElsewhere === null ? path : `${path}, as ${dataElsewhere}`;
  });
  return check('embedded server', async () => {
    const { server, running, members } = await readDataDirectory(dataDirectory);
    if (!server || !running) return 'does not run; `longhaul dev` starts it';
    const users = members.map(({ role, pid }) => `${role} ${pid}`).join(', ');
    const { address, namespace, uiUrl } = server;
    const target = { connectionOptions: { address }, namespace };
    await using connected = await connect(settings, target);
    const lanes = checkedLanes(settings, connected);
    return [
      `${address}, ${lanes}, UI ${uiUrl ?? 'not served'}; used by ${users || 'no process'}`,
      target,
    ];
  });
}

async function checkUpstream(
  upstream: Upstream,
  host: ServiceHost,
  pinned: Pinned | undefined,
): Promise<string> {
  const listing = await listTools(upstream, host).catch((error: unknown) => {
    throw new Error(toReason(error), { cause: error });
  });
  const { tools, prompts, resources, problems } = listing;
  const different = pinned ? toDifferences(pinned, listing) : [];
  if (different.length > 0) {
    throw new Error(
      `not as it was pinned: ${different.join('; ')}: ${PIN_COMMAND} ${upstream.name}`,
    );
  }
  if (upstream.pin && !pinned)
    throw new Error(`nothing is pinned: ${PIN_COMMAND} ${upstream.name}`);
  const taken = tools.filter(({ name }) => findToolRules(upstream, name) !== null);
  const found = [
    `${taken.length} of ${tools.length} tools`,
    ...(prompts.length > 0 ? [`${prompts.length} prompts`] : []),
    ...(resources.length > 0 ? [`${resources.length} resources`] : []),
    ...(pinned ? ['as it was pinned'] : []),
  ];
  return [found.join(', '), ...problems].join('; ');
}

async function checkCluster(settings: Settings, target: TemporalAddress): Promise<string> {
  const { taskQueue } = settings.config.temporal;
  await using connected = await connect(settings, target);
  const { pollers } = await connected.client.workflowService.describeTaskQueue({
    namespace: connected.namespace,
    taskQueue: { name: taskQueue },
  });
  const lanes = checkedLanes(settings, connected);
  const workers = `${pollers.length} pollers on ${taskQueue}`;
  if (pollers.length === 0) throw new Error(`reachable, but ${workers}: start \`longhaul worker\``);
  return `namespace ${connected.namespace}, ${lanes}, ${workers}`;
}

async function connect(
  { context, log }: Settings,
  target: TemporalAddress,
): Promise<TemporalConnection> {
  installRuntime(log.sink);
  return connectTemporal(target, null, null, context.interrupted);
}

function checkedLanes({ registry }: Settings, connected: TemporalConnection): string {
  checkLanes(registry, connected);
  return describeLanes(connected);
}

async function checkPort({ server: { host, port } }: LoadedConfig): Promise<string> {
  const probe = createServer().listen(port, host);
  try {
    await once(probe, 'listening');
  } catch {
    if (await isGateway(host, port)) return `${host}:${port} has a Longhaul that runs`;
    throw new Error(`port ${port} on ${host} is taken by another program; another: --port`);
  }
  probe.close();
  return `${host}:${port} is free`;
}

/** Whether what listens there answers as a gateway does. */
async function isGateway(host: string, port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_MS);
    const answer = await fetch(`http://${toHostname(host)}:${port}/readyz`, { signal });
    return z.object({ ready: z.boolean(), temporal: z.boolean() }).safeParse(await answer.json())
      .success;
  } catch {
    return false;
  }
}

function print({ stdout }: CommandContext, findings: readonly Finding[], json: boolean): void {
  if (json) {
    stdout.write(`${JSON.stringify({ ok: findings.every(({ ok }) => ok), checks: findings })}\n`);
    return;
  }
  const width = Math.max(...findings.map(({ check }) => check.length));
  for (const { check, ok, detail } of findings) {
    const mark = ok ? toStyled('green', '✓', stdout) : toStyled('red', '✗', stdout);
    stdout.write(`${mark} ${check.padEnd(width)}  ${detail}\n`);
  }
}
