// A batch, checked as a whole: every item is parsed by its operation and named before anything starts.
import type { KeyObject } from 'node:crypto';
import type { BatchInput, BatchItem } from '../../contract/workflow/batch.ts';
import { toTaskError } from '../../contract/errors.ts';
import { isJsonObject } from '../../contract/json.ts';
import { toAsked } from '../../operations/input/first.ts';
import type { BatchRequest, Operation } from '../../operations/operation.ts';
import { createIssuesError, type Issue } from '../../operations/schema/issues.ts';
import type { RegisteredOperation } from '../../operations/registry.ts';
import { toKeyPart, toWorkflowId } from '../calls/identity.ts';
import { planCallback, type CallbackAddresses } from './called-back.ts';
import { toFingerprint } from './fingerprint.ts';
import { planActivity } from '../lanes/workflow/start.ts';
import { toUpstreamKey } from './upstream-key.ts';

/** Whose batch it is, and under which key. */
export interface BatchNames extends CallbackAddresses {
  readonly principal: string;
  readonly key: string;
  readonly nameKey: KeyObject | null;
}

const WHAT = 'parameters of batch';

/**
 * @param target the operation that its items run
 * @throws {OperationError} INVALID_PARAMETERS, with the first paths that are wrong, and the numbers of all items that are
 */
export function planBatch(
  request: BatchRequest,
  { operation, policy }: RegisteredOperation,
  names: BatchNames,
): BatchInput {
  const { steps, idempotent, callbacks = [] } = operation;
  if (steps.kind === 'batch') {
    throw createIssuesError(WHAT, [{ path: '/operation', message: 'a batch runs no batches' }]);
  }
  const urls = [...new Set(callbacks.map(({ url }) => url))];
  return {
    common: {
      operation: operation.name,
      kind: steps.kind,
      idempotent,
      policy,
      ...(urls.length > 0 && { callbacks: urls }),
    },
    items: planItems(request, operation, names),
    concurrency: request.concurrency,
    stopsOnError: request.stopsOnError,
    packsMemo: names.nameKey !== null,
  };
}

function planItems({ items }: BatchRequest, operation: Operation, names: BatchNames): BatchItem[] {
  const issues: Issue[] = [];
  const bad: number[] = [];
  const planned = items.flatMap((item, index) => {
    try {
      return [planItem(item, operation, names)];
    } catch (thrown) {
      bad.push(index);
      issues.push(...toIssues(thrown, `/items/${index}/parameters`));
      return [];
    }
  });
  if (bad.length === 0) return planned;
  const { inputSchema } = operation;
  throw createIssuesError(WHAT, issues, { bad_items: bad, input_schema: inputSchema });
}

function planItem(
  { name, parameters }: BatchRequest['items'][number],
  operation: Operation,
  names: BatchNames,
): BatchItem {
  const { principal, key: batchKey, nameKey, installationKey } = names;
  const accepted = operation.accept(parameters);
  const key = `${batchKey}.${name}`;
  const workflowId = toWorkflowId(principal, toKeyPart(principal, key, nameKey));
  const fingerprint = toFingerprint(operation.name, parameters);
  const delayMs = Math.ceil(accepted.delayMs());
  const asked = toAsked(accepted.askFirst(), undefined);
  const idempotencyKey = toUpstreamKey(installationKey, workflowId, fingerprint);
  return {
    name,
    key,
    workflowId,
    parameters,
    idempotencyKey,
    ...planActivity(operation, parameters, idempotencyKey),
    ...planCallback(operation, workflowId, names),
    fingerprint,
    ...(delayMs > 0 && { delayMs }),
    ...(asked && { asked }),
  };
}

/** What an operation has against parameters; anything but a refusal of them goes on. */
function toIssues(thrown: unknown, path: string): Issue[] {
  const { code, message, details } = toTaskError(thrown);
  if (code !== 'INVALID_PARAMETERS') throw thrown;
  const listed = isJsonObject(details) ? details['issues'] : undefined;
  if (!Array.isArray(listed) || listed.length === 0) return [{ path, message }];
  return (listed as readonly Issue[]).map((issue) => ({ ...issue, path: path + issue.path }));
}
