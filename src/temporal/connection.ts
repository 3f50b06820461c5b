// The connection to Temporal: one native connection per process, shared by client and worker where both are here.
import { Client } from '@temporalio/client';
import { NativeConnection, type NativeConnectionOptions } from '@temporalio/worker';
import { OperationError } from '../contract/errors.ts';
import { toMs } from './execution.ts';
import { withLimit } from './limit.ts';
import { SEARCH_ATTRIBUTES } from './search-attributes.ts';

/** Where Temporal is. */
export interface TemporalAddress {
  readonly connectionOptions: NativeConnectionOptions;
  readonly namespace: string;
}

/** A connection, checked: the namespace is there and search attributes are known. */
export interface TemporalConnection extends AsyncDisposable {
  readonly connection: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  /** How long the namespace keeps a closed workflow, in milliseconds. */
  readonly retentionMs: number;
  /** Whether Temporal answers, for `/readyz`. */
  isAlive(): Promise<boolean>;
}

/** How long each call at start-up may take, in milliseconds. */
const SETUP_MS = 10_000;

/** How long the look behind `/readyz` may take, in milliseconds. */
const ALIVE_MS = 2_000;

/**
 * Connects.
 *
 * @throws {OperationError} `BACKEND_UNAVAILABLE`, one sentence that names the address
 */
export async function connectTemporal(target: TemporalAddress): Promise<TemporalConnection> {
  const { connectionOptions, namespace } = target;
  const address = connectionOptions.address ?? 'localhost:7233';
  const connection = await open(connectionOptions, address);
  try {
    const { config } = await withLimit(connection, SETUP_MS, async () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
    await registerSearchAttributes(connection, namespace);
    const client = new Client({ connection, namespace });
    return {
      connection,
      client,
      namespace,
      retentionMs: toMs(config?.workflowExecutionRetentionTtl),
      isAlive: async () => {
        try {
          await withLimit(connection, ALIVE_MS, async () =>
            connection.workflowService.describeNamespace({ namespace }),
          );
          return true;
        } catch {
          return false;
        }
      },
      [Symbol.asyncDispose]: async () => connection.close(),
    };
  } catch (failure) {
    await connection.close();
    throw away(
      `Temporal at ${address} answers, but namespace ${namespace} cannot be used`,
      failure,
    );
  }
}

async function open(options: NativeConnectionOptions, address: string): Promise<NativeConnection> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no connection within ${SETUP_MS / 1000} s`));
    }, SETUP_MS);
  });
  try {
    return await Promise.race([NativeConnection.connect(options), late]);
  } catch (failure) {
    throw away(`Temporal at ${address} cannot be reached`, failure);
  } finally {
    clearTimeout(timer);
  }
}

/** Registers what is missing. Where the right to do so is missing (Temporal Cloud), they must be there already. */
async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const { customAttributes } = await withLimit(connection, SETUP_MS, async () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  ).catch(() => ({ customAttributes: null }));
  if (!customAttributes) return;
  const missing = Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
  if (missing.length === 0) return;
  await withLimit(connection, SETUP_MS, async () =>
    connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
    }),
  );
}

const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType

function away(sentence: string, failure: unknown): OperationError {
  const reason = failure instanceof Error ? failure.message : String(failure);
  return new OperationError(
    'BACKEND_UNAVAILABLE',
    `${sentence}: ${reason}. Check TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE and the TLS settings, or unset them to use the embedded server.`,
    { cause: failure },
  );
}
