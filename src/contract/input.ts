// Questions that an operation asks while it runs, and their answers: MCP's form elicitation, as data
// (2026-07-28, client features, elicitation).
import type { JsonObject } from './json.ts';

/** One question. Source: MCP 2026-07-28, client/elicitation, form mode. */
export interface InputRequest {
  /** What is asked, for a person. */
  readonly message: string;
  /** JSON Schema of the answer: a flat object of primitive properties, as MCP's elicitation allows. */
  readonly requestedSchema: JsonObject;
  /** Whether a decline is an answer that the operation learns of. Default: `true`. */
  readonly takesDecline?: false;
}

/** Questions by key. A key names its question for the whole life of the task. */
export type InputRequests<Key extends string = string> = Readonly<Record<Key, InputRequest>>;

/** One answer. A declined or cancelled question is answered, too, where it takes that: the operation decides what follows. */
export type InputResponse =
  | { readonly action: 'accept'; readonly content: JsonObject }
  | { readonly action: 'decline' | 'cancel' };

/** Answers by the key of their question. */
export type InputResponses = Readonly<Record<string, InputResponse>>;

/** The failure type of an attempt that asks; its one detail is the questions. */
export const INPUT_REQUIRED = 'INPUT_REQUIRED';

/** The signal that brings answers to a workflow; its one argument is `InputResponses`. */
export const INPUT_SIGNAL = 'provideInput';

/**
 * Thrown by an operation that needs answers: the task becomes `input_required`, and when every question is answered the
 * operation runs again, with the answers in its context. It must not have taken effect before.
 */
export class InputRequired extends Error {
  override readonly name = 'InputRequired';
  readonly requests: InputRequests;

  constructor(requests: InputRequests) {
    super(`input required: ${Object.keys(requests).join(', ')}`);
    this.requests = requests;
  }
}

/** What was asked in the life of a task. */
export interface Asked {
  /** What waits for an answer, by the key on the wire. */
  readonly requests: InputRequests;
  /** The operation's own key of every question so far, by the key on the wire: one that is asked anew gets another. */
  readonly keys: Readonly<Record<string, string>>;
  /** What is answered, by the operation's own key. */
  readonly responses: InputResponses;
}

/** Longest wait for one round of answers where the policy says nothing, in milliseconds: a day. */
export const INPUT_MS = 86_400_000;
