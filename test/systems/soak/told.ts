// The receiver of the soak's callbacks. It verifies each with the reference library as it comes, and is away for some: those are
// refused once.
import { startReceiver, verify, type Receiver } from '../../support/peers/callback-receiver.ts';

/** A running receiver. Ends with its scope. */
export interface SoakReceiver extends AsyncDisposable {
  readonly url: string;
  /** What was told of an errand, each time; forged callbacks are left out. */
  readonly told: (id: string) => readonly Told[];
}

/** What was told. */
interface Told {
  readonly status: string;
  /** The header `webhook-id`. */
  readonly event: string;
}

/** Every so many tasks find the receiver away at first. */
const AWAY_EVERY = 10;

/** Starts it. */
export async function startSoakReceiver(): Promise<SoakReceiver> {
  const told = new Map<string, Told[]>();
  const refused = new Set<string>();
  const receiver: Receiver = await startReceiver((request) => {
    const { task_ref = '', status = '' } = verify(request).data as Record<string, string>;
    const id = task_ref.slice(0, task_ref.lastIndexOf('.'));
    if (Number(id.slice(id.lastIndexOf('-') + 1)) % AWAY_EVERY === 0 && !refused.has(id)) {
      refused.add(id);
      return 503;
    }
    const event = String(request.headers['webhook-id']);
    told.set(id, [...(told.get(id) ?? []), { status, event }]);
    return 204;
  });
  return {
    url: receiver.url,
    told: (id) => told.get(id) ?? [],
    [Symbol.asyncDispose]: async () => receiver[Symbol.asyncDispose](),
  };
}
