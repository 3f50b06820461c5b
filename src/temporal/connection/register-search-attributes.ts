// Makes the namespace know Longhaul's search attributes: without them neither a start nor a list is accepted.
import type { NativeConnection } from '@temporalio/worker';
import { hasStatus } from '../calls/failure.ts';
import { withLimit } from '../calls/call-limit.ts';
import { pause } from '../../contract/pause.ts';
import { SEARCH_ATTRIBUTES } from '../calls/search-attributes.ts';

const CALL_MS = 10_000;

/** Frontends learn of a new search attribute by and by, within this time, in milliseconds. */
const SPREAD_MS = 30_000;

const CHECK_MS = 500;

const KEYWORD = 2; // temporal.api.enums.v1.IndexedValueType

/**
 * Registers what is missing and waits until it is usable. Other gateways may do the same at the same time. Where the
 * right to do so is missing (Temporal Cloud), the search attributes must be there already.
 *
 * @throws {Error} one sentence that names the search attributes
 */
export async function registerSearchAttributes(
  connection: NativeConnection,
  namespace: string,
): Promise<void> {
  const missing = await findMissing(connection, namespace).catch(() => []);
  let refusal: unknown;
  if (missing.length > 0) {
    await withLimit(connection, CALL_MS, async () =>
      connection.operatorService.addSearchAttributes({
        namespace,
        searchAttributes: Object.fromEntries(missing.map((name) => [name, KEYWORD])),
      }),
    ).catch((failure: unknown) => {
      refusal = failure; // another gateway may have been faster
    });
  }
  const until = Date.now() + (refusal === undefined ? SPREAD_MS : 0);
  while (!(await areUsable(connection, namespace))) {
    if (Date.now() > until) throw new Error(instruct(refusal));
    await pause(CHECK_MS);
  }
}

async function findMissing(connection: NativeConnection, namespace: string): Promise<string[]> {
  const { customAttributes } = await withLimit(connection, CALL_MS, async () =>
    connection.operatorService.listSearchAttributes({ namespace }),
  );
  return Object.keys(SEARCH_ATTRIBUTES).filter((name) => !(name in customAttributes));
}

/** A frontend refuses a query by an attribute that it does not know. */
async function areUsable(connection: NativeConnection, namespace: string): Promise<boolean> {
  const query = Object.keys(SEARCH_ATTRIBUTES)
    .map((name) => `${name} = 'none'`)
    .join(' AND ');
  try {
    await withLimit(connection, CALL_MS, async () =>
      connection.workflowService.countWorkflowExecutions({ namespace, query }),
    );
    return true;
  } catch (failure) {
    if (hasStatus(failure, 'INVALID_ARGUMENT')) return false;
    throw failure;
  }
}

function instruct(refusal: unknown): string {
  const names = Object.keys(SEARCH_ATTRIBUTES);
  const reason = refusal instanceof Error ? ` (${refusal.message})` : '';
  return `the search attributes ${names.join(', ')} are missing and could not be added${reason}; create each with \`temporal operator search-attribute create --type Keyword --name ...\``;
}
