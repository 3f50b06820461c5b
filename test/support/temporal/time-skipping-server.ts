// The time-skipping Temporal server of the tests: retries, timers and limits of days in milliseconds.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';

/** Tries to start the server: the SDK allows each only five seconds, which a busy machine may need where it is Java. */
const ATTEMPTS = 4;

/** An environment that ends with its scope. */
export type TimeSkippingEnvironment = TestWorkflowEnvironment & AsyncDisposable;

/**
 * Starts a time-skipping environment; one per test file, since time is skipped for all of its workflows at once. Time
 * moves while its own client awaits `result` or `execute`, or in `sleep`, and never while an attempt runs.
 */
export async function createTimeSkippingEnvironment(): Promise<TimeSkippingEnvironment> {
  const path = launcher();
  for (let attempt = 1; ; attempt += 1) {
    try {
      const environment = await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
      return Object.assign(environment, {
        [Symbol.asyncDispose]: () => environment.teardown(),
      });
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function launcher(): string {
  const setup = fileURLToPath(new URL('../../../tools/setup.js', import.meta.url));
  return execFileSync(process.execPath, [setup, 'test-server'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}
