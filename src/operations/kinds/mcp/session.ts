// A request on a connection of a pool. A server that has forgotten the session did nothing with it: it is sent once more, in a new one.
import { OperationError } from '../../../contract/errors.ts';
import { isSessionLost } from './failure.ts';
import type { Lease, Pool } from './pool.ts';

/** Who sends it, until when, and what it is called in an error. */
interface Sender {
  readonly principal: string;
  readonly signal: AbortSignal;
  readonly place: string;
}

/** Rejects with what `send` rejects with, and with `UPSTREAM_UNAVAILABLE`. */
export async function sendInSession<Answer>(
  pool: Pool,
  { principal, signal, place }: Sender,
  send: (lease: Lease) => Promise<Answer>,
): Promise<Answer> {
  for (let time = 1; time <= 2; time += 1) {
    using lease = await pool.lease(principal, signal);
    try {
      return await send(lease);
    } catch (thrown) {
      if (!isSessionLost(thrown, lease.connection.isModern)) throw thrown;
      lease.drop();
    }
  }
  const message = `${place}: its server forgets each session at once (HTTP 404)`;
  throw new OperationError('UPSTREAM_UNAVAILABLE', message);
}
