// What a request may name beside its parameters.
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import type { DeclaredContext } from '../../context.ts';

/** The key of the request, and where the upstream may call back. */
type OwnField = 'idempotencyKey' | 'callback_url';

/** For a check that sends nothing. */
export const STAND_INS: Readonly<Record<OwnField, string>> = {
  idempotencyKey: 'x',
  callback_url: 'x',
};

export function toAddress({ callbackUrl }: DeclaredContext): { readonly callback_url?: string } {
  return callbackUrl === undefined ? {} : { callback_url: callbackUrl };
}

/** What belongs to the request beside its parameters, unless one of them is called so. */
export function withOwn(fields: Json, own: Partial<Record<OwnField, string>>): Json {
  return isJsonObject(fields) ? { ...own, ...fields } : fields;
}

/** The schema of the parameters with a field of Longhaul's own beside them, unless one of them is called so. */
export function withField(inputSchema: JsonObject, name: OwnField): JsonObject {
  const { properties, required = [] } = inputSchema;
  const fields = isJsonObject(properties) ? properties : {};
  if (name in fields) return inputSchema;
  return {
    ...inputSchema,
    properties: { ...fields, [name]: { type: 'string' } },
    required: [...(required as readonly Json[]), name],
  };
}
