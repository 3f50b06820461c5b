// What Longhaul needs of the namespace: how long closed tasks are kept, and the search attributes of its tasks. Set
// after every start, because a development server applies its flags only to a namespace that it creates.
import type { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { NAMESPACE } from './readiness.ts';

/** Types of search attributes, in Temporal's words, with their numbers on the wire. */
const TYPES = {
  Text: 1,
  Keyword: 2,
  Int: 3,
  Double: 4,
  Bool: 5,
  Datetime: 6,
  KeywordList: 7,
} as const;

type SearchAttributeType = keyof typeof TYPES;

export interface NamespaceOptions {
  /** How long a closed task can be read, in milliseconds; the server knows whole seconds and at least one hour. */
  readonly retentionMs: number;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeType>>;
}

const ANSWER_MS = 10_000;

/**
 * Brings the namespace to what the options say; changes nothing when it is there.
 *
 * @throws {Error} when a search attribute exists with another type
 */
export async function prepareNamespace(
  connection: Connection,
  options: NamespaceOptions,
): Promise<void> {
  await connection.withDeadline(Date.now() + ANSWER_MS, async () => {
    await setRetention(connection, options.retentionMs);
    await addSearchAttributes(connection, options.searchAttributes);
  });
}

async function setRetention(connection: Connection, retentionMs: number): Promise<void> {
  const wanted = Math.round(retentionMs / 1_000);
  const { config } = await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
  const seconds = config?.workflowExecutionRetentionTtl?.seconds;
  if (Number(seconds) === wanted) return;
  await connection.workflowService.updateNamespace({
    namespace: NAMESPACE,
    config: { workflowExecutionRetentionTtl: msToTs(wanted * 1_000) },
  });
}

async function addSearchAttributes(
  connection: Connection,
  wanted: NamespaceOptions['searchAttributes'],
): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({
    namespace: NAMESPACE,
  });
  const present = new Map<string, number>(Object.entries(customAttributes));
  const missing: Record<string, number> = {};
  for (const [name, type] of Object.entries(wanted)) {
    const found = present.get(name);
    if (found === undefined) missing[name] = TYPES[type];
    else if (found !== TYPES[type]) {
      throw new Error(
        `search attribute ${name}: expected type ${type}, the namespace has type number ${found}`,
      );
    }
  }
  if (Object.keys(missing).length === 0) return;
  await connection.operatorService.addSearchAttributes({
    namespace: NAMESPACE,
    searchAttributes: missing,
  });
}
