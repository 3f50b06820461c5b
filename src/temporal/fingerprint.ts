// Whether two requests are the same: equal operation and equal parameters, however the keys are ordered.
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Json } from '../contract/json.ts';

/** sha256 of the canonical JSON (RFC 8785) of operation and parameters, as base64url. */
export function toFingerprint(operation: string, parameters: Json): string {
  const canonical = canonicalize([operation, parameters]) ?? '';
  return createHash('sha256').update(canonical).digest('base64url');
}
