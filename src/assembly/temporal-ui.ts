// The Temporal UI of the embedded server, as `dev` and the background worker serve it.
import type { LoadedConfig } from '../config/index.ts';
import type { Ui } from '../local/index.ts';
import type { CommandContext } from './context.ts';
import { createOperatorGate } from './gate.ts';
import type { Log } from './log.ts';
import type { OpenTemporal } from './open-temporal.ts';
import { createUiGuard } from './ui-guard.ts';

/** What it is told, and whom it tells. */
export interface UiParts {
  /** Of the codec server that the pages ask to decrypt; `null` where there is none. */
  readonly codecUrl: string | null;
  readonly report: (line: string) => void;
  readonly log: Log;
}

/**
 * Serves it; `null` on a cluster, which has its own.
 *
 * @throws {Error} when the configured port is taken, or who may look cannot be known
 */
export async function openUi(
  context: CommandContext,
  config: LoadedConfig,
  serveUi: OpenTemporal['serveUi'],
  { codecUrl, report, log }: UiParts,
): Promise<Ui | null> {
  if (!serveUi) return null;
  const { auth, server, temporal } = config;
  const gate = auth.mode === 'none' ? null : await createOperatorGate(context, config, log);
  return serveUi({
    guard: createUiGuard(gate, server.allowedHosts),
    port: temporal.uiPort === 0 ? undefined : temporal.uiPort,
    codecUrl: codecUrl ?? undefined,
    report,
  });
}

/** The same; where it cannot be, work goes on without it. */
export async function openUiIfPossible(
  context: CommandContext,
  config: LoadedConfig,
  serveUi: OpenTemporal['serveUi'],
  parts: UiParts,
): Promise<Ui | null> {
  try {
    return await openUi(context, config, serveUi, parts);
  } catch (error) {
    parts.log.warn('the Temporal UI is not served', { error: String(error) });
    return null;
  }
}
