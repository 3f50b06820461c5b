// The pages for probes: whether the process serves, and whether what is behind it answers. Invariant: however often
// `/readyz` is asked, what is behind is asked once at a time, and not again within a quarter of a second: it needs no
// token for it.
import { sendJson } from '../../http/server.ts';
import type { Exchange } from './exchange.ts';

/** Whether calls can be served; `null` for what this process does not know. */
export interface Readiness {
  readonly ready: boolean;
  readonly temporal: boolean;
  readonly worker: boolean | null;
  /** Wrapped servers, and whether the last connection of this process failed. Readiness does not depend on them. */
  readonly upstreams?: Readonly<Record<string, 'ok' | 'failing'>>;
}

const UNKNOWN: Readiness = { ready: false, temporal: false, worker: null };

/** How long an answer is good, in milliseconds. */
const FRESH_MS = 250;

/** Shares what is found out; a rejection counts as not ready. */
export function shareReadiness(
  ask: () => Promise<Readiness>,
  now: () => number = () => performance.now(),
): () => Promise<Readiness> {
  let known: Promise<Readiness> | null = null;
  let until = 0;
  return () => {
    if (known && now() < until) return known;
    until = Infinity;
    known = ask()
      .catch(() => UNKNOWN)
      .finally(() => (until = now() + FRESH_MS));
    return known;
  };
}

export function sendHealth({ response }: Exchange): void {
  sendJson(response, 200, { status: 'ok' });
}

export async function sendReadiness(
  { response }: Exchange,
  readiness: () => Promise<Readiness>,
): Promise<void> {
  const known = await readiness();
  sendJson(response, known.ready ? 200 : 503, known);
}
