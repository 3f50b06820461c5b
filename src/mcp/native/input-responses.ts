// Answers to a task's questions, parsed from the wire: the bare results of form elicitation.
import { ProtocolError, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { InputResponse, InputResponses } from '../../contract/input.ts';
import type { JsonObject } from '../../contract/json.ts';
import { parseParameters } from './face.ts';

/** One answer. An accepted form without fields counts as an empty one. */
export const elicitResult: z.ZodType<InputResponse> = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('accept'),
    content: z
      .record(z.string(), z.json())
      .nullish()
      .transform((content): JsonObject => content ?? {}),
  }),
  z.object({ action: z.enum(['decline', 'cancel']) }),
]);

const parameters = z.looseObject({ inputResponses: z.record(z.string(), elicitResult) });

/**
 * The answers in a request. The SDK lifts them out of the parameters, and drops what is no object on the way.
 *
 * @throws {ProtocolError} -32602, when one is no answer
 */
export function parseInputResponses(params: unknown, { mcpReq }: ServerContext): InputResponses {
  const [dropped] = mcpReq.droppedInputResponseKeys ?? [];
  if (dropped !== undefined) {
    throw new ProtocolError(
      -32602,
      `Invalid params: inputResponses.${dropped}: expected the bare answer, { action, content? }`,
    );
  }
  const lifted = mcpReq.inputResponses && { inputResponses: mcpReq.inputResponses };
  return parseParameters(parameters, { ...(params as object), ...lifted }).inputResponses;
}
