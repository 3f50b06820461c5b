// The tools of an upstream: what its list says, taken as data. Invariant: a tool that cannot be taken keeps no other one away.
import * as z from 'zod';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { cut } from '../../../contract/text.ts';
import type { ServiceHost } from '../../services.ts';
import { openConnection } from './connection.ts';
import type { Upstream } from './upstream.ts';

/** Longest list. */
const MOST_TOOLS = 5_000;
/** Pages of a list; more of them have no end. */
const MOST_PAGES = 500;

/** A tool as its server lists it. */
export interface ListedTool extends JsonObject {
  readonly name: string;
  readonly inputSchema: JsonObject;
}

/** What an upstream offers: JSON, to be kept and compared. */
export interface Listing {
  readonly upstream: string;
  readonly tools: readonly ListedTool[];
  /** A sentence for each tool that cannot be taken. */
  readonly problems: readonly string[];
}

const page = z.looseObject({
  tools: z.array(z.unknown()),
  nextCursor: z.string().nullish(),
});

/** Connects to the upstream and reads its list. Rejects with what kept it from that. */
export async function listTools(upstream: Upstream, host: ServiceHost): Promise<Listing> {
  await using connection = await openConnection(upstream, host, async () =>
    Promise.reject(new Error('nobody can be asked while tools are listed')),
  );
  const found: unknown[] = [];
  let cursor: string | null | undefined;
  for (let pages = 0; pages < MOST_PAGES && found.length < MOST_TOOLS; pages += 1) {
    const params = typeof cursor === 'string' ? { cursor } : {};
    const timeout = upstream.startTimeoutSeconds * 1000;
    const answer = await connection.client.request({ method: 'tools/list', params }, page, {
      timeout,
    });
    found.push(...answer.tools);
    cursor = answer.nextCursor;
    if (typeof cursor !== 'string') break;
  }
  return toListing(upstream.name, found);
}

export function toListing(upstream: string, found: readonly unknown[]): Listing {
  const tools = new Map<string, ListedTool>();
  const problems: string[] = [];
  for (const one of found.slice(0, MOST_TOOLS)) {
    const problem = isTool(one) ? findProblem(one, tools) : 'its entry has no name or no schema';
    if (problem === null) tools.set((one as ListedTool).name, one as ListedTool);
    else problems.push(`upstream ${upstream}: tool ${toName(one)} is left out: ${problem}`);
  }
  if (found.length > MOST_TOOLS) {
    problems.push(`upstream ${upstream}: only the first ${MOST_TOOLS} of its tools are taken`);
  }
  return { upstream, tools: [...tools.values()], problems };
}

function isTool(value: unknown): value is ListedTool {
  return (
    isJsonObject(value) && typeof value['name'] === 'string' && isJsonObject(value['inputSchema'])
  );
}

function findProblem(tool: ListedTool, known: ReadonlyMap<string, ListedTool>): string | null {
  const { name, inputSchema, outputSchema } = tool;
  if (known.has(name)) return 'the server lists the name twice';
  if (!/^[A-Za-z][A-Za-z0-9_./-]*$/.test(name)) return 'no client could call a tool of this name';
  if (inputSchema['type'] !== 'object') return 'its inputSchema is not of type object';
  if (outputSchema !== undefined && !isJsonObject(outputSchema)) {
    return 'its outputSchema is no JSON Schema';
  }
  return null;
}

function toName(value: unknown): string {
  const name = isJsonObject(value) ? value['name'] : undefined;
  return JSON.stringify(typeof name === 'string' ? cut(name, 80) : null);
}
