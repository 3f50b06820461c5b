// Ports for a server that must come back on the same one. They are taken below the range from which the operating
// systems serve outgoing connections (32768 and up on Linux, 49152 on macOS): otherwise any client, even one that keeps
// trying to reach the dead server, could be given its port.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LOWEST = 20_000;
const HIGHEST = 32_000;
const TRIES = 200;

/**
 * The port of a server that was killed is free only a moment after its end: so often it is checked, three seconds in all. A time
 * limit would pass while a busy machine stands still and checks nothing.
 */
const CHECKS = 60;
const CHECK_MS = 50;

/** Whether a server could listen on this port of 127.0.0.1 now. */
export async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    probe.listen(port, '127.0.0.1');
    await once(probe, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    probe.close();
  }
}

async function isFreeSoon(port: number): Promise<boolean> {
  for (let checks = 1; ; checks += 1) {
    if (await isFree(port)) return true;
    if (checks === CHECKS) return false;
    await sleep(CHECK_MS);
  }
}

/** A free port of 127.0.0.1, none of `taken`. */
export async function freePort(taken: readonly number[] = []): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (!taken.includes(port) && (await isFree(port))) return port;
  }
  throw new Error(`no free port found on 127.0.0.1 between ${LOWEST} and ${HIGHEST}`);
}

/**
 * The port to listen on: the one given, else the last one where it is free or soon will be, else any.
 *
 * @throws {Error} when the given one is taken; `what` names it
 */
export async function choosePort(
  what: string,
  given: number | undefined,
  last: number | undefined,
): Promise<number> {
  if (given !== undefined) {
    if (await isFreeSoon(given)) return given;
    throw new Error(
      `${what} ${given} of the Temporal server is taken; choose another, or none for any free one`,
    );
  }
  if (last !== undefined && (await isFreeSoon(last))) return last;
  return freePort();
}
