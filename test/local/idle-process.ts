// A process that does nothing, started with given words: for whoever looks at how processes were started.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { processIdentity, type ProcessIdentity } from '../../src/local/process-identity.ts';

/** It leads a group of its own, as servers do, and is killed with its scope. */
export interface IdleProcess extends AsyncDisposable {
  readonly identity: ProcessIdentity;
  /** Whether it has ended. */
  readonly hasEnded: () => boolean;
}

export function startIdleProcess(...words: readonly string[]): IdleProcess {
  const child = spawn('sh', ['-c', 'while :; do sleep 1; done', 'stand-in', ...words], {
    detached: true,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  return {
    identity: processIdentity(child.pid!)!,
    hasEnded,
    [Symbol.asyncDispose]: async () => {
      if (!hasEnded()) process.kill(-child.pid!, 'SIGKILL');
      await ended;
    },
  };
}
