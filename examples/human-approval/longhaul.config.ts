// A person decides, in minutes or days; the agent holds a handle. In code, since a refusal is a result here, no failure.
import { defineConfig, defineJob, OperationError, type OperationContext } from 'longhaul';
import * as z from 'zod';

const approval = z.object({
  id: z.string(),
  state: z.enum(['pending', 'approved', 'rejected', 'withdrawn']),
  decidedBy: z.string().nullable(),
  comment: z.string().nullable(),
});

export default defineConfig((env) => {
  const { APPROVAL_API_URL: baseUrl, APPROVAL_API_TOKEN: token } = env;
  if (!baseUrl || !token) throw new Error('set APPROVAL_API_URL and APPROVAL_API_TOKEN');

  /** One call of the approval service: what can pass by itself is told from what cannot. */
  async function call(
    method: 'GET' | 'POST' | 'DELETE',
    path: string,
    { signal, idempotencyKey }: OperationContext,
    body?: object,
  ): Promise<unknown> {
    const answer = await fetch(`${baseUrl ?? ''}${path}`, {
      method,
      signal,
      headers: {
        authorization: `Bearer ${token ?? ''}`,
        'content-type': 'application/json',
        ...(method === 'POST' && { 'idempotency-key': idempotencyKey }),
      },
      ...(body && { body: JSON.stringify(body) }),
    }).catch((cause: unknown) => {
      signal.throwIfAborted();
      throw new OperationError('UPSTREAM_UNAVAILABLE', 'the approval service is out of reach', {
        cause,
      });
    });
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const code = answer.status >= 500 ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_REJECTED';
    throw new OperationError(code, `the approval service answered ${answer.status}`);
  }

  const requestApproval = defineJob({
    name: 'request_approval',
    description:
      'Asks a person to approve something, and waits for the decision: minutes to days. The result says whether it was ' +
      'approved, by whom, and why.',
    input: z.object({
      summary: z
        .string()
        .min(10)
        .max(500)
        .describe('What is to be approved, in one or two sentences.'),
      amountEur: z.number().min(0).describe('Amount in euros; 0 when there is none.'),
      approver: z.email().describe('Who decides.'),
    }),
    output: z.object({
      approved: z.boolean(),
      decidedBy: z.string().nullable(),
      comment: z.string().nullable(),
    }),
    policy: { totalTimeoutSeconds: 7 * 24 * 3600 },
    // The service finds the approval of a repeated Idempotency-Key instead of asking the person twice.
    idempotent: true,
    polling: { initialIntervalMs: 5000, backoffMultiplier: 1.5, maxIntervalMs: 300_000 },
    submit: async (parameters, context) => {
      const created = await call('POST', '/approvals', context, parameters);
      return approval.parse(created).id;
    },
    poll: async ({ parameters, handle }, context) => {
      const found = await call('GET', `/approvals/${encodeURIComponent(handle)}`, context);
      const { state, decidedBy, comment } = approval.parse(found);
      if (state === 'withdrawn')
        throw new OperationError('UPSTREAM_REJECTED', 'the approval was withdrawn');
      if (state === 'pending') {
        return {
          done: false,
          progress: { fraction: null, message: `waiting for ${parameters.approver}` },
        };
      }
      return { done: true, result: { approved: state === 'approved', decidedBy, comment } };
    },
    cancel: async ({ handle }, context) => {
      await call('DELETE', `/approvals/${encodeURIComponent(handle)}`, context);
    },
  });

  return { operations: [requestApproval] };
});
