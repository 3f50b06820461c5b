// `fetch` for answers that may take hours: no time limit but the caller's signal, and a limit on what comes back.
import { Agent, fetch as undiciFetch } from 'undici';

const AGENT = { connect: { timeout: 10_000 }, headersTimeout: 0, bodyTimeout: 0 };

/** @param maxBytes of one body; one that is larger fails while it is read */
export function createPatientFetch(maxBytes: number): typeof fetch {
  const dispatcher = new Agent(AGENT);
  const call = undiciFetch as unknown as (
    input: unknown,
    init: Record<string, unknown>,
  ) => Promise<Response>;
  return async (input, init = {}) => {
    const answer = await call(input, { ...init, dispatcher });
    if (!answer.body) return answer;
    let bytes = 0;
    const counted = answer.body.pipeThrough(
      new TransformStream<Uint8Array, Uint8Array>({
        transform: (chunk, controller) => {
          bytes += chunk.byteLength;
          if (bytes > maxBytes) {
            controller.error(new RangeError(`the answer has more than ${maxBytes} bytes`));
          } else controller.enqueue(chunk);
        },
      }),
    );
    const { status, statusText, headers } = answer;
    return new Response(counted, { status, statusText, headers });
  };
}
