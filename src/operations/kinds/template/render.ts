// Templates filled in. Pure: secrets were read before, and what an absent field does is the same everywhere: the whole
// part that needs it (a header, a query pair, a key of the body) is left out.
import { parseDecimal, toDecimalText } from '../../../contract/json/decimal.ts';
import { OperationError } from '../../../contract/errors.ts';
import { isExactNumber } from '../../../contract/json/exact-number.ts';
import type { Json } from '../../../contract/json.ts';
import { resolvePath } from '../../../contract/json/pointer.ts';
import type { Template } from './template.ts';

/** What templates are filled with. */
export interface Values {
  /** The parameters; for a job's poll and cancel its `handle` beside them. */
  readonly fields: Json;
  /** Secrets by reference. */
  readonly secrets: ReadonlyMap<string, string>;
}

/**
 * Fills a template with text; `undefined` when a field is absent or null.
 *
 * @param encode applied to every inserted value, never to literal text
 * @throws {OperationError} INVALID_PARAMETERS, when a field is an array or an object
 */
export function renderText(
  template: Template,
  values: Values,
  encode: (text: string, reserved: boolean) => string = (text) => text,
): string | undefined {
  let rendered = '';
  for (const piece of template) {
    if (piece.kind === 'text') {
      rendered += piece.text;
      continue;
    }
    const text =
      piece.kind === 'secret'
        ? values.secrets.get(piece.reference)
        : toText(resolvePath(values.fields, piece.path), piece.path);
    if (text === undefined) return undefined;
    rendered += encode(text, piece.kind === 'field' && piece.reserved === true);
  }
  return rendered;
}

/** What RFC 6570 leaves as it is in a reserved expansion, and what neither ends a path nor is an escape. */
const KEPT = /%(2F|3A|40|24|26|2B|2C|3B|3D)/g;

/** Percent-encodes a value, so that it stays within its segments or pair; refuses what UTF-8 cannot express. */
export function percentEncode(text: string, reserved = false): string {
  try {
    const encoded = encodeURIComponent(text);
    return reserved ? encoded.replaceAll(KEPT, decodeURIComponent) : encoded;
  } catch {
    throw new OperationError(
      'INVALID_PARAMETERS',
      'a parameter that goes into the URL holds half a surrogate pair, which is no character',
    );
  }
}

/** Refuses one parameter, in the form in which a schema would. */
export function refuseField(path: readonly string[], message: string): OperationError {
  const pointer = path.map((key) => `/${key}`).join('');
  return new OperationError('INVALID_PARAMETERS', `parameters: ${pointer}: ${message}`, {
    details: { issues: [{ path: pointer, message }] },
  });
}

function toText(value: Json | undefined, path: readonly string[]): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isExactNumber(value)) return toDecimalText(parseDecimal(value.rawJSON));
  if (typeof value === 'object') {
    throw refuseField(path, 'is inserted into text, so it must be a string, a number or a boolean');
  }
  return String(value);
}
