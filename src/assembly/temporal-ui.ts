// The Temporal UI of the embedded server, as `dev` and the background worker serve it.
import type { Ui } from '../local/index.ts';
import type { DevCodec } from './dev-codec.ts';
import type { OpenTemporal } from './open-temporal.ts';
import type { Settings } from './settings.ts';
import { createUiGuard } from './ui-guard.ts';

/**
 * Serves it; `null` on a cluster, which has its own. Beside a worker without it where it cannot be served.
 *
 * @throws {Error} in `dev`, when the configured port is taken, or who may use it cannot be known
 */
export async function openUi(
  { role, config, resolved, report, log }: Settings,
  codec: DevCodec | null,
  serveUi: OpenTemporal['serveUi'],
): Promise<Ui | null> {
  if (!serveUi || role === 'stdio') return null;
  const { auth, server, temporal } = config;
  try {
    const gate = auth.mode === 'none' ? null : await resolved.operatorGate();
    return await serveUi({
      guard: createUiGuard(gate, server.allowedHosts),
      port: temporal.uiPort === 0 ? undefined : temporal.uiPort,
      codecUrl: codec?.url ?? undefined,
      report,
    });
  } catch (error) {
    if (role === 'dev') throw error;
    log.warn('the Temporal UI is not served', { error: String(error) });
    return null;
  }
}
