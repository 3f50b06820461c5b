// Waiting until a development server answers for its namespace, or until it is certain that it will not.
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** The namespace of every embedded server. */
export const NAMESPACE = 'default';

/** Longest wait for a server to answer, in milliseconds; it takes 1 s on an idle machine, several on a busy one. */
export const READY_LIMIT_MS = 30_000;

const PROBE_MS = 2_000;
const RETRY_MS = 50;

/**
 * Connects to the server at `address` as soon as it answers. The caller closes the connection.
 *
 * @returns `undefined` when `stillRuns` says no, or after `READY_LIMIT_MS`
 */
export async function awaitReady(
  address: string,
  stillRuns: () => boolean,
  signal?: AbortSignal,
): Promise<Connection | undefined> {
  // A channel waits a second before its second try by default; that would be half of a start.
  const connection = Connection.lazy({
    address,
    interceptors: [],
    channelArgs: {
      'grpc.enable_http_proxy': 0, // this is loopback, whatever the environment says of proxies
      'grpc.initial_reconnect_backoff_ms': RETRY_MS,
      'grpc.max_reconnect_backoff_ms': RETRY_MS,
    },
  });
  const deadline = performance.now() + READY_LIMIT_MS;
  while (!signal?.aborted && performance.now() < deadline && stillRuns()) {
    try {
      await connection.withDeadline(Date.now() + PROBE_MS, () =>
        connection.workflowService.describeNamespace({ namespace: NAMESPACE }),
      );
      return connection;
    } catch {
      await sleep(RETRY_MS);
    }
  }
  await connection.close();
  signal?.throwIfAborted();
  return undefined;
}
