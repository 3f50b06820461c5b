// The environment variables and flags that override single options: one table, from which docs, `--help` and the check
// of the compose file are derived.
import { isJsonObject, type JsonObject } from '../../contract/json.ts';
import { CONFIG_JSON_SCHEMA, schemaAt } from '../explain/option.ts';

/** One option that can be set without a file. */
export interface EnvironmentVariable {
  /** Its name, `LONGHAUL_…`. */
  readonly variable: string;
  /** The option it sets, as `server.port`; `null` for `LONGHAUL_CONFIG`, which names the file. */
  readonly path: string | null;
  /** The flag that sets the same and wins over it; `null` when there is none. */
  readonly flag: string | null;
  /** What it means, in a sentence or two. */
  readonly meaning: string;
}

/** Variable, option, flag. */
export const OVERRIDES = [
  ['LONGHAUL_DATA_DIR', 'dataDirectory', '--data-dir'],
  ['LONGHAUL_HOST', 'server.host', '--host'],
  ['LONGHAUL_PORT', 'server.port', '--port'],
  ['LONGHAUL_ALLOWED_HOSTS', 'server.allowedHosts', null],
  ['LONGHAUL_MAX_BODY_BYTES', 'server.maxBodyBytes', null],
  ['LONGHAUL_AUTH_MODE', 'auth.mode', null],
  ['LONGHAUL_ALLOW_UNAUTHENTICATED', 'auth.allowUnauthenticated', null],
  ['LONGHAUL_TOKEN_FILE', 'auth.tokenFile', null],
  ['LONGHAUL_RESOURCE', 'auth.resource', null],
  ['LONGHAUL_ISSUER', 'auth.issuer', null],
  ['LONGHAUL_STORAGE_MODE', 'storage.mode', null],
  ['LONGHAUL_STORAGE_DIRECTORY', 'storage.directory', null],
  ['LONGHAUL_STORAGE_BUCKET', 'storage.bucket', null],
  ['LONGHAUL_STORAGE_PREFIX', 'storage.prefix', null],
  ['LONGHAUL_TEMPORAL_PORT', 'temporal.port', '--temporal-port'],
  ['LONGHAUL_UI_PORT', 'temporal.uiPort', '--ui-port'],
  ['LONGHAUL_UI_URL', 'temporal.uiUrl', null],
  ['LONGHAUL_TEMPORAL_CLI', 'temporal.cli', null],
  ['LONGHAUL_TASK_QUEUE', 'temporal.taskQueue', null],
  ['LONGHAUL_START_DEADLINE_MS', 'temporal.startDeadlineMs', null],
  ['LONGHAUL_TTL_SECONDS', 'state.ttlSeconds', null],
  ['LONGHAUL_MAX_CONCURRENCY', 'execution.maxConcurrency', null],
  ['LONGHAUL_DEFAULT_TIMEOUT_SECONDS', 'execution.defaultTimeoutSeconds', null],
  ['LONGHAUL_RETRY_ATTEMPTS', 'execution.retryAttempts', null],
  ['LONGHAUL_MAX_RESULT_BYTES', 'execution.maxResultBytes', null],
  ['LONGHAUL_SHUTDOWN_GRACE_SECONDS', 'execution.shutdownGraceSeconds', null],
  ['LONGHAUL_IDLE_EXIT_SECONDS', 'execution.idleExitSeconds', null],
  ['LONGHAUL_WAIT_CAP_SECONDS', 'polling.waitCapSeconds', null],
  ['LONGHAUL_PAIR_TOOLS', 'tools.pair', null],
  ['LONGHAUL_TYPED_TOOLS', 'tools.typed', null],
  ['LONGHAUL_INLINE_WAIT_SECONDS', 'tools.inlineWaitSeconds', null],
  ['LONGHAUL_LOG_LEVEL', 'observability.logLevel', '--log-level'],
  ['LONGHAUL_METRICS_PORT', 'observability.metricsPort', '--metrics-port'],
  ['LONGHAUL_METRICS_HOST', 'observability.metricsHost', null],
  ['OTEL_EXPORTER_OTLP_ENDPOINT', 'observability.otlpEndpoint', null],
  ['LONGHAUL_HTTP_REQUEST_ALLOW', 'httpRequest.allow', null],
  ['LONGHAUL_BUILTINS', 'builtins', null],
] as const;

/** An option that the environment or a flag can set. */
export type OverridablePath = (typeof OVERRIDES)[number][1];

/** Every environment variable that Longhaul reads; Temporal's own (`TEMPORAL_ADDRESS` …) are not among them. */
export const ENVIRONMENT: readonly EnvironmentVariable[] = [
  {
    variable: 'LONGHAUL_CONFIG',
    path: null,
    flag: '--config',
    meaning: 'The configuration file, where it is not to be searched for.',
  },
  ...OVERRIDES.map(([variable, path, flag]) => ({
    variable,
    path,
    flag,
    meaning: schemaOf(path)['description'] as string,
  })),
];

/** What the option at a path may be, as JSON Schema. */
export function schemaOf(path: OverridablePath): JsonObject {
  const schema = schemaAt(CONFIG_JSON_SCHEMA, path.split('.'));
  if (!isJsonObject(schema)) throw new TypeError(`no option ${path}`);
  return schema;
}
