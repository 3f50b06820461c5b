// The interceptors of a callback's delivery: they report each attempt to send it and how it ended, and pass the trace of its
// task on to the request. Invariants as for a task: they add no command and change no result.
import { workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import {
  CALLBACK_GONE,
  DELIVERY_ACTIVITIES,
  type DeliveryInput,
  type SendEnd,
} from '../../src/contract/workflow/callback.ts';
import type { CallbackEnd } from '../../src/contract/workflow/observation.ts';
import { isCancelled } from '../task/failure.ts';
import { openSink, toTraced } from './traced.ts';

export function observeDelivery(): WorkflowInterceptors {
  const observation = openSink();
  let operation = '';
  let traced = toTraced({});

  return {
    inbound: [
      {
        execute: async (input, next) => {
          ({ operation } = (input.args[0] as DeliveryInput).task);
          traced = toTraced(input.headers);
          const report = (status: CallbackEnd['status']) => {
            const tookMs = Math.max(0, Date.now() - workflowInfo().startTime.getTime());
            observation.callbackEnded({ operation, status, tookMs });
          };
          try {
            const output = await next(input);
            report('delivered');
            return output;
          } catch (failure) {
            const { type } = failure as { readonly type?: unknown };
            report(type === CALLBACK_GONE ? 'gone' : 'given_up');
            throw failure;
          }
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: async (input, next) => {
          const traceable = { ...input, headers: { ...input.headers, ...traced } };
          if (input.activityType !== DELIVERY_ACTIVITIES.send) return next(traceable);
          try {
            const end = (await next(traceable)) as SendEnd;
            observation.callbackSent({ operation, status: end.kind });
            return end;
          } catch (failure) {
            if (!isCancelled(failure)) observation.callbackSent({ operation, status: 'failed' });
            throw failure;
          }
        },
      },
    ],
  };
}
