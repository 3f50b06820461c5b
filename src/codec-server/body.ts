// The body of a request, bounded.
import type { IncomingMessage } from 'node:http';

/** Largest body of a request, in bytes: Temporal carries at most 4 MiB at once, and Base64 makes it a third more. */
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/** The text of a body; `null` when it is too large. */
export async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return bytes <= MAX_BODY_BYTES ? Buffer.concat(chunks).toString() : null;
}
