// By which fields upstreams tell a repeated request.
import { toSnake } from './status-words.ts';

/** Fields of queries and bodies by which upstreams tell a repeated request. */
const KEYS =
  /^(idempotency_?(key|token)|(client_?)?(request_?)?token|client_?request_?(id|token)|client_?token)$/;

/** Whether a field tells a repeated request; a mere id of the request does where its description says so. */
export function isIdempotencyKey(name: string, description: string): boolean {
  const plain = toSnake(name);
  const isTold = /idempoten|retr(y|ie)|resubmi|duplicate/i.test(description);
  return (
    plain.startsWith('idempotency_') || ((KEYS.test(plain) || plain === 'request_id') && isTold)
  );
}
