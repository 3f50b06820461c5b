// Ends a process that leads a group of its own, and everything in that group.
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, type ProcessIdentity } from './process-identity.ts';

/** How long a server may take to end in order, in milliseconds; it takes well under a second. */
const STOP_GRACE_MS = 10_000;
const CHECK_MS = 20;

/** SIGTERM to the process and its group, SIGKILL after the grace time; returns when it is gone. */
export async function stopProcess(identity: ProcessIdentity): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    if (!isAlive(identity)) return;
    try {
      process.kill(-identity.pid, signal);
    } catch {
      // It ended between the check and the signal.
    }
    const deadline = performance.now() + STOP_GRACE_MS;
    while (isAlive(identity) && performance.now() < deadline) await sleep(CHECK_MS);
  }
}
