// The connection to Temporal: one native connection per process, shared by client and worker where both are here.
import { Client } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { orGiveUp } from '../../contract/give-up.ts';
import type { TraceContext } from '../../contract/trace.ts';
import { isLoopback } from '../../http/loopback.ts';
import type { Encryption } from '../../encryption/index.ts';
import { toDataConverter, toPlainConverter } from '../codec/encryption.ts';
import { toConnectError, toNamespaceError } from './connect-failure.ts';
import { toMs } from '../calls/timestamp.ts';
import { withLimit } from '../calls/call-limit.ts';
import { createTraceInterceptor } from '../worker/observation.ts';
import { registerSearchAttributes } from './register-search-attributes.ts';

export interface TemporalAddress {
  readonly connectionOptions: NativeConnectionOptions;
  readonly namespace: string;
}

/** A connection, checked: the namespace is there and search attributes are known. */
export interface TemporalConnection extends AsyncDisposable {
  readonly connection: NativeConnection;
  readonly client: Client;
  /** With what payloads are encrypted; `null` where they are not. */
  readonly encryption: Encryption | null;
  readonly namespace: string;
  /** Drawn by Temporal when the namespace was made. */
  readonly namespaceId: string;
  /** How long the namespace keeps what has closed, in milliseconds. */
  readonly retentionMs: number;
  /** Whether Temporal tells a worker of a cancel by itself; otherwise the reply to a heartbeat does. */
  readonly pushesCancels: boolean;
  /** Whether the server has standalone activities, which can start later. */
  readonly hasActivityLane: boolean;
  /** The trace that a task is started in; `null` where tracing is off. */
  readonly currentTrace: (() => TraceContext | null) | null;
  /** Whether Temporal answers, for `/readyz`. */
  isAlive(): Promise<boolean>;
}

/** How long connecting may take, and then each call at start-up, in milliseconds. */
const SETUP_MS = 10_000;

/** How long the call behind `/readyz` may take, in milliseconds. */
const ALIVE_MS = 2_000;

/**
 * @param encryption with what payloads are encrypted; `null` leaves them as they are
 * @param currentTrace the trace that a task is started in; `null` where tracing is off
 * @param signal gives up
 * @throws {OperationError} `BACKEND_UNAVAILABLE`, one sentence that names the address
 */
export async function connectTemporal(
  target: TemporalAddress,
  encryption: Encryption | null = null,
  currentTrace: (() => TraceContext | null) | null = null,
  signal?: AbortSignal,
): Promise<TemporalConnection> {
  const connecting = connect(target, encryption, currentTrace);
  if (!signal) return connecting;
  return orGiveUp(connecting, signal, async (late) => late[Symbol.asyncDispose]());
}

async function connect(
  target: TemporalAddress,
  encryption: Encryption | null,
  currentTrace: (() => TraceContext | null) | null,
): Promise<TemporalConnection> {
  const { connectionOptions, namespace } = target;
  const address = connectionOptions.address ?? 'localhost:7233';
  const connection = await open({
    // Between processes of one machine, packing costs more than sending: reads alone came to two thirds as many.
    ...(isLoopback(address.replace(/:\d+$/, '')) && { grpcCompression: { codec: 'none' } }),
    ...connectionOptions,
  }).catch((failure: unknown) => {
    throw toConnectError(address, failure);
  });
  const describe = async (limitMs: number) =>
    withLimit(connection, limitMs, async () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  try {
    const { config, namespaceInfo } = await describe(SETUP_MS);
    await registerSearchAttributes(connection, namespace);
    return {
      connection,
      client: new Client({
        connection,
        namespace,
        dataConverter: encryption ? toDataConverter(encryption.keyring) : toPlainConverter(),
        ...(currentTrace && { interceptors: { workflow: [createTraceInterceptor(currentTrace)] } }),
      }),
      encryption,
      namespace,
      namespaceId: namespaceInfo?.id ?? '',
      retentionMs: toMs(config?.workflowExecutionRetentionTtl),
      pushesCancels: namespaceInfo?.capabilities?.workerCommands === true,
      hasActivityLane: canStartActivities(namespaceInfo?.capabilities),
      currentTrace,
      isAlive: async () =>
        describe(ALIVE_MS).then(
          () => true,
          () => false,
        ),
      [Symbol.asyncDispose]: async () => connection.close(),
    };
  } catch (failure) {
    await connection.close();
    throw toNamespaceError(address, namespace, failure);
  }
}

type Capabilities = temporal.api.namespace.v1.NamespaceInfo.ICapabilities;

function canStartActivities(capabilities: Capabilities | null | undefined): boolean {
  return (
    capabilities?.standaloneActivities === true &&
    capabilities.standaloneActivityStartDelay === true
  );
}

async function open(options: NativeConnectionOptions): Promise<NativeConnection> {
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort(new Error(`there was no answer within ${SETUP_MS / 1000} s`));
  }, SETUP_MS);
  const connecting = NativeConnection.connect(options);
  return orGiveUp(connecting, late.signal, async (connection) => connection.close()).finally(() => {
    clearTimeout(timer);
  });
}
