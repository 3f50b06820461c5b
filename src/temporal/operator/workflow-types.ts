// What runs in a namespace beside Longhaul: workflow types, their task queues, and what some of them were started with.
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { DELIVERY_WORKFLOW_TYPE } from '../../contract/workflow/callback.ts';
import type { Json } from '../../contract/json.ts';
import { WORKFLOW_TYPE } from '../../contract/workflow/task-input.ts';
import { withLimit } from '../calls/call-limit.ts';
import type { OpenPlace } from '../follow/places.ts';
import { toRefusal } from '../follow/refusal.ts';

export interface WorkflowTypeUse {
  readonly type: string;
  readonly taskQueue: string;
  /** Executions that were seen. */
  readonly count: number;
  /** The arguments of some of them; those that cannot be decoded are left out. */
  readonly samples: readonly (readonly Json[])[];
}

/** Longhaul's own. */
const OWN = [WORKFLOW_TYPE, DELIVERY_WORKFLOW_TYPE, 'keepBreakers', 'keepSeat'];

/** Executions that are looked at, and samples of each type. */
const EXECUTIONS = 1_000;
const SAMPLES = 5;

const CALL_MS = 10_000;

/** The types that ran last, the most frequent first. Rejects with an error of the table. */
export async function findWorkflowTypes(place: OpenPlace): Promise<readonly WorkflowTypeUse[]> {
  const { client, namespace } = place;
  const uses = new Map<string, { ids: { workflowId: string; runId: string }[]; count: number }>();
  try {
    for (let token: Uint8Array | null = null, seen = 0; seen < EXECUTIONS;) {
      const page = await withLimit(client.connection, CALL_MS, async () =>
        client.workflowService.listWorkflowExecutions({
          namespace,
          query: OWN.map((type) => `WorkflowType != '${type}'`).join(' AND '),
          pageSize: 200,
          ...(token && { nextPageToken: token }),
        }),
      );
      for (const { type, taskQueue, execution } of page.executions) {
        const key = JSON.stringify([type?.name ?? '', taskQueue ?? '']);
        const use = uses.get(key) ?? { ids: [], count: 0 };
        use.count += 1;
        const { workflowId = '', runId = '' } = execution ?? {};
        if (use.ids.length < SAMPLES)
          use.ids.push({ workflowId: workflowId ?? '', runId: runId ?? '' });
        uses.set(key, use);
      }
      seen += page.executions.length;
      token = page.nextPageToken;
      if (token.length === 0) break;
    }
    const found = await Promise.all(
      [...uses].map(async ([key, { ids, count }]) => {
        const [type, taskQueue] = JSON.parse(key) as [string, string];
        const inputs = await Promise.all(ids.map(async (id) => readInput(place, id)));
        return {
          type,
          taskQueue,
          count,
          samples: inputs.flatMap((input) => (input ? [input] : [])),
        };
      }),
    );
    return found.sort((one, other) => other.count - one.count);
  } catch (failure) {
    throw toRefusal(failure, 'list workflows', namespace);
  }
}

/** The arguments of one; `null` where they cannot be decoded here. */
async function readInput(
  { client, namespace }: OpenPlace,
  execution: { readonly workflowId: string; readonly runId: string },
): Promise<readonly Json[] | null> {
  const { history } = await withLimit(client.connection, CALL_MS, async () =>
    client.workflowService.getWorkflowExecutionHistory({
      namespace,
      execution,
      maximumPageSize: 1,
    }),
  );
  const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
  const converter = client.options.loadedDataConverter;
  return decodeArrayFromPayloads(converter, started?.input?.payloads).then(
    (args) => args as Json[],
    () => null,
  );
}
