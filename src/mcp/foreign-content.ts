// Prompts, resources and completions of other servers, handed on as they are. Invariant: each is asked for on behalf of the caller of this
// very request, on the connection that this caller's tools use.
import {
  ProtocolError,
  ResourceNotFoundError,
  type ReadResourceResult,
  type Server,
} from '@modelcontextprotocol/server';
import * as z from 'zod';
import { OperationError, toErrorCode } from '../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { cut } from '../contract/text.ts';
import type { Catalogue, Place } from '../operations/kinds/mcp/catalogue.ts';
import type { UpstreamAsk } from '../tasks/service.ts';
import type { Call } from './call.ts';
import type { McpContext } from './context.ts';
import { parseParameters, registerMethods } from './method.ts';

const NOT_FOUND = -32_002;

const promptParameters = z.looseObject({
  name: z.string(),
  arguments: z.record(z.string(), z.string()).optional(),
});
const completeParameters = z.looseObject({
  ref: z.union([
    z.looseObject({ type: z.literal('ref/prompt'), name: z.string() }),
    z.looseObject({ type: z.literal('ref/resource'), uri: z.string() }),
  ]),
  argument: z.looseObject({ name: z.string(), value: z.string() }),
  context: z.looseObject({}).optional(),
});

/** What a server says of itself that has them. */
export const FOREIGN_CAPABILITIES = {
  prompts: { listChanged: true },
  resources: { listChanged: true },
  completions: {},
};

export function registerForeignContent(
  server: Server,
  mcp: McpContext,
  catalogue: () => Catalogue,
): void {
  registerMethods(server, mcp, {
    'prompts/list': () => Promise.resolve({ prompts: catalogue().prompts }),
    'prompts/get': async (params, call) => {
      const { name, arguments: args } = parseParameters(promptParameters, params);
      const place = demand(catalogue().findPrompt(name), `prompt ${name}`);
      return ask(call, 'prompts/get', place, { name: place.own, ...(args && { arguments: args }) });
    },
    'completion/complete': async (params, call) => {
      const { ref, argument, context } = parseParameters(completeParameters, params);
      const found =
        ref.type === 'ref/prompt'
          ? catalogue().findPrompt(ref.name)
          : catalogue().findTemplate(ref.uri);
      const place = demand(
        found,
        ref.type === 'ref/prompt' ? `prompt ${ref.name}` : `template ${ref.uri}`,
      );
      const own = ref.type === 'ref/prompt' ? { name: place.own } : { uri: place.own };
      const more = context && { context: context as JsonObject };
      const given = { ref: { type: ref.type, ...own }, argument: argument as JsonObject, ...more };
      return ask(call, 'completion/complete', place, given);
    },
  });
}

export async function readForeignResource(
  call: Call,
  catalogue: Catalogue | undefined,
  uri: string,
): Promise<ReadResourceResult> {
  const place = catalogue?.findResource(uri);
  if (!place) throw new ResourceNotFoundError(uri);
  const answer = await ask(call, 'resources/read', place, { uri: place.own }).catch(
    (thrown: unknown) => {
      throw thrown instanceof ProtocolError && thrown.code === NOT_FOUND
        ? new ResourceNotFoundError(uri)
        : thrown;
    },
  );
  const { contents } = answer;
  const renamed = (Array.isArray(contents) ? (contents as readonly Json[]) : []).map((content) =>
    isJsonObject(content) && content['uri'] === place.own ? { ...content, uri } : content,
  );
  return { ...answer, contents: renamed } as unknown as ReadResourceResult; // for the client to judge
}

async function ask(
  { mcp, caller }: Call,
  method: UpstreamAsk['method'],
  { upstream }: Place,
  params: JsonObject,
): Promise<JsonObject> {
  try {
    const answer = await mcp.tasks.askUpstream(caller, { upstream, method, params });
    const opened = await mcp.openResult(caller.principal, answer);
    if (!isJsonObject(opened?.content))
      throw new OperationError(
        'RESULT_TOO_LARGE',
        `upstream ${upstream}: the answer cannot be shown`,
      );
    return opened.content;
  } catch (thrown) {
    const { message, details } = thrown as Partial<OperationError>;
    const code = isJsonObject(details) ? details['code'] : undefined;
    // What the server itself answered is the answer.
    if (toErrorCode(thrown) !== 'UPSTREAM_REJECTED' || typeof code !== 'number') throw thrown;
    throw new ProtocolError(code, message ?? '');
  }
}

function demand(place: Place | null, what: string): Place {
  if (place) return place;
  throw new ProtocolError(-32_602, `Unknown ${cut(what, 200)}`);
}
