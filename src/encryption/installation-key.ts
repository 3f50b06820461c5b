// The key of an installation, under which the gateway makes values that no one else can make or guess: the key of a request
// for its upstream, the seal of a cursor. Invariant: every gateway of a fleet has the same, two installations never do.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';

/** Derives it from another secret of the installation, which cannot be derived back. */
export function deriveInstallationKey(source: KeyObject | string): KeyObject {
  return createSecretKey(createHmac('sha256', source).update('longhaul installation').digest());
}
