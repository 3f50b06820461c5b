// What OpenTelemetry says of itself, above all that the collector cannot be reached: it says so to nobody unless it is listened to, and its
// next sending comes as if nothing had been.
import { diag, DiagLogLevel } from '@opentelemetry/api';

/** How often at most it is told, in milliseconds. */
const AGAIN_MS = 60_000;

/** Hands each reason to `report`, one a minute at most, until it is disposed of. One at a time in a process. */
export function reportFailedSendings(report: (reason: string) => void): Disposable {
  let nextAt = -Infinity;
  const ignore = () => undefined;
  const error = (message: string) => {
    if (performance.now() < nextAt) return;
    nextAt = performance.now() + AGAIN_MS;
    report(toReason(message));
  };
  diag.setLogger(
    { error, warn: ignore, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true },
  );
  return {
    [Symbol.dispose]: () => {
      diag.disable();
    },
  };
}

/** A failure comes as the JSON of its fields, anything else as a sentence. */
function toReason(text: string): string {
  try {
    const { message, code, name } = JSON.parse(text) as Partial<Record<string, string>>;
    return [message, code, name].find(Boolean) ?? text;
  } catch {
    return text;
  }
}
