// A question to an upstream that is no call of a tool: a prompt, a resource, a completion. It is asked on the connection that calls of
// the same principal use.
import { ProtocolError } from '@modelcontextprotocol/client';
import * as z from 'zod';
import { OperationError } from '../../../contract/errors.ts';
import { cut } from '../../../contract/text.ts';
import { ASK_METHODS, ASK_MS } from '../../../contract/workflow/upstream-ask.ts';
import type { RunSteps } from '../../operation.ts';
import { toReason } from './failure.ts';
import { refuseChanged } from './pin.ts';
import { toSource, type Offer } from './source.ts';
import { anyResult } from './result.ts';
import { sendInSession } from './session.ts';

const asked = z.object({
  upstream: z.string(),
  method: z.enum(ASK_METHODS),
  params: z.record(z.string(), z.json()),
});

/** Of an answer: what is for the gateway to say, which has callers of its own. */
const OF_THE_HOP = new Set(['resultType', 'ttlMs', 'cacheScope']);

/** @param find what is known of an upstream now */
export function createAskSteps(find: (upstream: string) => Offer | undefined): RunSteps {
  return {
    kind: 'run',
    run: async (parameters, { principal, signal, services }) => {
      const { upstream, method, params } = asked.parse(parameters);
      const offer = find(upstream);
      if (!offer) {
        throw new OperationError(
          'UPSTREAM_UNAVAILABLE',
          `upstream ${upstream}: this worker does not know it`,
        );
      }
      const pool = await services.get(toSource(offer).service);
      const place = `upstream ${upstream}, ${method}`;
      try {
        return await sendInSession(pool, { principal, signal, place }, async (lease) => {
          const prompt = method === 'prompts/get' && offer.isPinned;
          const pinned = prompt
            ? offer.listing.prompts.find(({ name }) => name === params['name'])
            : undefined;
          if (pinned) await refuseChanged(upstream, 'prompts', pinned, lease.lists);
          const options = { signal, timeout: ASK_MS };
          const { client } = lease.connection;
          const answer = await client.request({ method, params }, anyResult, options);
          return Object.fromEntries(Object.entries(answer).filter(([key]) => !OF_THE_HOP.has(key)));
        });
      } catch (thrown) {
        throw toAskError(thrown, place);
      }
    },
  };
}

function toAskError(thrown: unknown, place: string): OperationError {
  if (thrown instanceof OperationError) return thrown;
  if (!(thrown instanceof ProtocolError)) {
    return new OperationError('UPSTREAM_UNAVAILABLE', `${place}: ${toReason(thrown)}`);
  }
  const { code, message } = thrown;
  return new OperationError('UPSTREAM_REJECTED', `${place}: ${cut(message, 500)}`, {
    details: { code },
  });
}
