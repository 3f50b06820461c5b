// Temporal's native runtime without log lines: failures that a test provokes would fill the output.
import { installRuntime } from '../../../src/temporal/connection/runtime.ts';

let installed = false;

/** Installs it, once for each test file; before the first connection. */
export function quietRuntime(): void {
  if (installed) return;
  installRuntime(() => undefined);
  installed = true;
}
