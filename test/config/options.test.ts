// What people and deployments rely on, by name. A name in these lists never changes: a script sets it somewhere.
import { isAbsolute, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { CONFIG_JSON_SCHEMA } from '../../src/config/explain/option.ts';
import { toFingerprint } from '../../src/config/fingerprint.ts';
import { ENVIRONMENT } from '../../src/config/load/environment.ts';
import { loadConfig, type LoadedConfig } from '../../src/config/load/load.ts';
import { configSchema, type ParsedConfig } from '../../src/config/schema.ts';
import { createWorkspace } from '../support/files/workspace.ts';

type Group = Readonly<Record<string, unknown>>;

/** Variable, option, flag. */
const OVERRIDES = [
  ['LONGHAUL_ALLOWED_HOSTS', 'server.allowedHosts', null],
  ['LONGHAUL_ALLOW_UNAUTHENTICATED', 'auth.allowUnauthenticated', null],
  ['LONGHAUL_ANSWER_BUDGET_TOKENS', 'tools.answerBudgetTokens', null],
  ['LONGHAUL_AUTH_MODE', 'auth.mode', null],
  ['LONGHAUL_BUILD_ID', 'temporal.buildId', '--build-id'],
  ['LONGHAUL_BUILTINS', 'builtins', null],
  ['LONGHAUL_CALLBACKS_PUBLIC_URL', 'callbacks.publicUrl', null],
  ['LONGHAUL_CANCEL_SECONDS', 'execution.cancelSeconds', null],
  ['LONGHAUL_CONFIG', null, '--config'],
  ['LONGHAUL_DATA_DIR', 'dataDirectory', '--data-dir'],
  ['LONGHAUL_DEFAULT_TIMEOUT_SECONDS', 'execution.defaultTimeoutSeconds', null],
  ['LONGHAUL_DEPLOYMENT_NAME', 'temporal.deploymentName', null],
  ['LONGHAUL_HOST', 'server.host', '--host'],
  ['LONGHAUL_HTTP_REQUEST_ALLOW', 'httpRequest.allow', null],
  ['LONGHAUL_IDLE_EXIT_SECONDS', 'execution.idleExitSeconds', null],
  ['LONGHAUL_INLINE_WAIT_SECONDS', 'tools.inlineWaitSeconds', null],
  ['LONGHAUL_ISSUER', 'auth.issuer', null],
  ['LONGHAUL_LANE', 'execution.lane', null],
  ['LONGHAUL_LOG_LEVEL', 'observability.logLevel', '--log-level'],
  ['LONGHAUL_MAX_BODY_BYTES', 'server.maxBodyBytes', null],
  ['LONGHAUL_MAX_CONCURRENCY', 'execution.maxConcurrency', null],
  ['LONGHAUL_MAX_LISTED', 'tools.maxListed', null],
  ['LONGHAUL_MAX_RESULT_BYTES', 'execution.maxResultBytes', null],
  ['LONGHAUL_METRICS_HOST', 'observability.metricsHost', null],
  ['LONGHAUL_METRICS_PORT', 'observability.metricsPort', '--metrics-port'],
  ['LONGHAUL_PAIR_TOOLS', 'tools.pair', null],
  ['LONGHAUL_PORT', 'server.port', '--port'],
  ['LONGHAUL_RESOURCE', 'auth.resource', null],
  ['LONGHAUL_RETRY_ATTEMPTS', 'execution.retryAttempts', null],
  ['LONGHAUL_SHUTDOWN_GRACE_SECONDS', 'execution.shutdownGraceSeconds', null],
  ['LONGHAUL_START_DEADLINE_MS', 'temporal.startDeadlineMs', null],
  ['LONGHAUL_STORAGE_BUCKET', 'storage.bucket', null],
  ['LONGHAUL_STORAGE_DIRECTORY', 'storage.directory', null],
  ['LONGHAUL_STORAGE_MODE', 'storage.mode', null],
  ['LONGHAUL_STORAGE_PREFIX', 'storage.prefix', null],
  ['LONGHAUL_TASK_QUEUE', 'temporal.taskQueue', null],
  ['LONGHAUL_TEMPORAL_CLI', 'temporal.cli', null],
  ['LONGHAUL_TEMPORAL_PORT', 'temporal.port', '--temporal-port'],
  ['LONGHAUL_TOKEN_FILE', 'auth.tokenFile', null],
  ['LONGHAUL_TTL_SECONDS', 'state.ttlSeconds', null],
  ['LONGHAUL_TYPED_TOOLS', 'tools.typed', null],
  ['LONGHAUL_UI_PORT', 'temporal.uiPort', '--ui-port'],
  ['LONGHAUL_UI_URL', 'temporal.uiUrl', null],
  ['LONGHAUL_WAIT_CAP_SECONDS', 'polling.waitCapSeconds', null],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'observability.otlpEndpoint', null],
];

const PATHS = ['auth.tokenFile', 'dataDirectory', 'storage.directory', 'temporal.cli'];

/** Options whose change is one for a worker, wherever the callers come from. */
const WORKER = [
  'builtins',
  'callbacks.allow',
  'callbacks.allowPrivate',
  'callbacks.maxResultBytes',
  'callbacks.publicUrl',
  'callbacks.secrets',
  'encryption.keys',
  'execution.cancelSeconds',
  'execution.defaultTimeoutSeconds',
  'execution.idleExitSeconds',
  'execution.lane',
  'execution.maxConcurrency',
  'execution.maxResultBytes',
  'execution.retryAttempts',
  'execution.shutdownGraceSeconds',
  'httpRequest.allow',
  'observability.alertOnFailureRate',
  'observability.logLevel',
  'observability.metricsHost',
  'observability.metricsPort',
  'observability.metricsPrefix',
  'observability.otlpEndpoint',
  'observability.traceSampleRatio',
  'state.ttlSeconds',
  'storage.accessKeyId',
  'storage.bucket',
  'storage.directory',
  'storage.endpoint',
  'storage.inlineLimitBytes',
  'storage.maxFileBytes',
  'storage.mode',
  'storage.prefix',
  'storage.region',
  'storage.secretAccessKey',
  'storage.sessionToken',
  'temporal.buildId',
  'temporal.cli',
  'temporal.deploymentName',
  'temporal.port',
  'temporal.startDeadlineMs',
  'temporal.taskQueue',
  'temporal.uiPort',
  'temporal.uiUrl',
  'upstreams',
];

test('the variables and the flags are these', () => {
  const found = ENVIRONMENT.map(({ variable, path, flag }) => [variable, path, flag]);
  expect(found.sort()).toEqual(OVERRIDES);
});

describe('these are paths, and no other option is', () => {
  const isResolved = (value: unknown, place: string) =>
    typeof value === 'string' && isAbsolute(value) && value.endsWith(place);

  test('in a file, from the folder of the file', async () => {
    await using workspace = await createWorkspace({ 'a/longhaul.config.json': '{}' });
    const directory = join(workspace.directory, 'a');
    const found = await Promise.all(
      toLeaves().map(async (path) => {
        await workspace.write(`a/${path}.json`, JSON.stringify(toTree(path, 'some/place')));
        const config = await load({
          file: `a/${path}.json`,
          workingDirectory: workspace.directory,
          env: {},
        });
        return config && isResolved(at(config, path), join(directory, 'some/place')) ? [path] : [];
      }),
    );
    expect(found.flat().sort()).toEqual(PATHS);
  });

  test('in a variable, from the working directory', async () => {
    await using workspace = await createWorkspace({ 'a/longhaul.config.json': '{}' });
    const workingDirectory = workspace.directory;
    const found = await Promise.all(
      ENVIRONMENT.map(async ({ variable, path }) => {
        if (path === null) return [];
        const env = { [variable]: 'some/place' };
        const config = await load({ file: 'a/longhaul.config.json', workingDirectory, env });
        const place = join(workingDirectory, 'some/place');
        return config && isResolved(at(config, path), place) ? [path] : [];
      }),
    );
    expect(found.flat().sort()).toEqual(PATHS);
  });
});

test('on these a worker depends, and on no other option', () => {
  const defaults = configSchema.parse({});
  // Where callers authenticate, each has a share of a worker.
  expect(dependentOf(defaults)).toEqual([...WORKER, 'auth.mode'].sort());
  const tokens: ParsedConfig = { ...defaults, auth: { ...defaults.auth, mode: 'tokens' } };
  expect(dependentOf(tokens)).toEqual([...WORKER, 'limits.runningShare'].sort());
});

function dependentOf(config: ParsedConfig): string[] {
  const before = toFingerprint(config, [], [], {});
  const changed = (path: string) => setAt(config, path.split('.'), 'another') as ParsedConfig;
  return toLeaves()
    .filter((path) => toFingerprint(changed(path), [], [], {}) !== before)
    .sort();
}

/** The options, as `server.port`; what stands inside of one belongs to it. */
function toLeaves(): string[] {
  const { properties } = CONFIG_JSON_SCHEMA as { readonly properties: Record<string, Group> };
  return Object.entries(properties).flatMap(([name, { properties: inner }]) =>
    inner ? Object.keys(inner).map((key) => `${name}.${key}`) : [name],
  );
}

async function load(options: Parameters<typeof loadConfig>[0]): Promise<LoadedConfig | null> {
  return loadConfig(options).catch(() => null); // no text is taken there, so no path is
}

function at(value: unknown, path: string): unknown {
  return path.split('.').reduce((inner, key) => (inner as Group)[key], value);
}

function toTree(path: string, value: unknown): unknown {
  return path.split('.').reduceRight((inner, key) => ({ [key]: inner }), value);
}

function setAt(value: unknown, [key, ...rest]: readonly string[], last: unknown): unknown {
  if (key === undefined) return last;
  return { ...(value as Group), [key]: setAt((value as Group)[key], rest, last) };
}
