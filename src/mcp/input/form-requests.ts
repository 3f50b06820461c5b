// Questions as modern clients are asked them: forms.
import type { InputRequests } from '../../contract/input.ts';
import type { JsonObject } from '../../contract/json.ts';

export interface FormRequest {
  readonly method: 'elicitation/create';
  readonly params: {
    readonly mode: 'form';
    readonly message: string;
    readonly requestedSchema: JsonObject;
  };
}

export function toFormRequests(requests: InputRequests): Readonly<Record<string, FormRequest>> {
  return Object.fromEntries(
    Object.entries(requests).map(([key, { message, requestedSchema }]) => [
      key,
      { method: 'elicitation/create', params: { mode: 'form', message, requestedSchema } },
    ]),
  );
}
