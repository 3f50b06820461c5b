// Whether two requests are the same: equal operation and equal parameters, however the keys are ordered.
import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { parseDecimal, toDecimalText } from '../../contract/json/decimal.ts';
import { isExactNumber } from '../../contract/json/exact-number.ts';
import { isJsonObject, type Json } from '../../contract/json.ts';

/**
 * sha256 of the canonical JSON (RFC 8785) of operation and parameters, as base64url. RFC 8785 knows no number that JavaScript
 * does not: those are compared by their value, beside the rest.
 */
export function toFingerprint(operation: string, parameters: Json): string {
  const exact: Record<string, string> = {};
  const rest = withoutExact(parameters, '', exact);
  const request = [operation, rest, ...(Object.keys(exact).length > 0 ? [exact] : [])];
  return hash('sha256', canonicalize(request) ?? '', 'base64url');
}

/** The value with null for each exact number, whose digits are noted under its place. */
function withoutExact(value: Json, path: string, noted: Record<string, string>): Json {
  if (isExactNumber(value)) {
    noted[path] = toDecimalText(parseDecimal(value.rawJSON));
    return null;
  }
  if (Array.isArray(value)) {
    return value.map((item: Json, index) => withoutExact(item, `${path}/${index}`, noted));
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      withoutExact(item, `${path}/${JSON.stringify(key)}`, noted),
    ]),
  );
}
