// Answers to a task's questions, parsed from the wire: the bare results of form elicitation.
import { ProtocolError, type ServerContext } from '@modelcontextprotocol/server';
import * as z from 'zod';
import type { InputRequests, InputResponse, InputResponses } from '../../contract/input.ts';
import type { JsonObject } from '../../contract/json.ts';
import { jsonValue } from '../../operations/schema/json-value.ts';
import { describeMisfits, parseParameters } from '../method.ts';

/** One answer. An accepted form without fields counts as an empty one. */
export const elicitResult: z.ZodType<InputResponse> = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('accept'),
    content: z
      .record(z.string(), jsonValue)
      .nullish()
      .transform((content): JsonObject => content ?? {}),
  }),
  z.object({ action: z.enum(['decline', 'cancel']) }),
]);

const parameters = z.looseObject({ inputResponses: z.record(z.string(), z.unknown()) });

/**
 * The answers in a request to questions that stand. What answers none of them is ignored, whatever it is; the questions are
 * read only where that decides.
 *
 * @throws {ProtocolError} -32602, when one is no answer
 */
export async function parseAnswers(
  params: unknown,
  context: ServerContext,
  readAsked: () => Promise<InputRequests>,
): Promise<InputResponses> {
  const { responses, misfits } = sortResponses(params, context);
  const asked = misfits.size > 0 ? await readAsked() : {};
  for (const [key, why] of misfits) {
    if (!Object.hasOwn(asked, key)) continue;
    throw new ProtocolError(-32602, `Invalid params: inputResponses.${key}: ${why}`);
  }
  return responses;
}

/** What is an answer, and of the rest what is wrong with it. The SDK lifts answers out of the parameters, objects only. */
function sortResponses(
  params: unknown,
  { mcpReq }: ServerContext,
): { readonly responses: InputResponses; readonly misfits: ReadonlyMap<string, string> } {
  const misfits = new Map<string, string>();
  for (const key of mcpReq.droppedInputResponseKeys ?? []) {
    misfits.set(key, 'expected the bare answer, { action, content? }');
  }
  const lifted = mcpReq.inputResponses ?? (misfits.size > 0 ? {} : undefined);
  const { inputResponses } = parseParameters(parameters, {
    ...(params as object),
    ...(lifted && { inputResponses: lifted }),
  });
  const responses: Record<string, InputResponse> = {};
  for (const [key, value] of Object.entries(inputResponses)) {
    const parsed = elicitResult.safeParse(value);
    if (parsed.success) responses[key] = parsed.data;
    else misfits.set(key, describeMisfits(parsed.error));
  }
  return { responses, misfits };
}
