// The tools of an upstream: what its list says, taken as data. Invariant: a tool that cannot be taken keeps no other one away.
import type { Client } from '@modelcontextprotocol/client';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { cut } from '../../../contract/text.ts';
import type { ServiceHost } from '../../services.ts';
import { openConnection } from './connection.ts';
import { NO_CONTENT, readContent, type Content } from './content.ts';
import { MOST_ENTRIES, readPages } from './pages.ts';
import type { Upstream } from './upstream.ts';

export interface ListedTool extends JsonObject {
  readonly name: string;
  readonly inputSchema: JsonObject;
}

/** What an upstream offers: JSON, to be kept and compared. */
export interface Listing extends Content {
  readonly upstream: string;
  readonly tools: readonly ListedTool[];
  /** A sentence for each entry that cannot be taken. */
  readonly problems: readonly string[];
}

/** Connects to the upstream and reads its lists. Rejects with what kept it from that. */
export async function listTools(upstream: Upstream, host: ServiceHost): Promise<Listing> {
  await using connection = await openConnection(upstream, host, async () =>
    Promise.reject(new Error('nobody can be asked while tools are listed')),
  );
  return await readListing(connection.client, upstream);
}

/** Reads the lists of a server that is connected. */
export async function readListing(client: Client, upstream: Upstream): Promise<Listing> {
  const timeoutMs = upstream.startTimeoutSeconds * 1000;
  const tools = await readPages(client, 'tools', timeoutMs);
  const content = await readContent(client, upstream.name, timeoutMs);
  const listing = toListing(upstream.name, tools);
  return { ...listing, ...content, problems: [...listing.problems, ...content.problems] };
}

export function toListing(upstream: string, found: readonly unknown[]): Listing {
  const tools = new Map<string, ListedTool>();
  const problems: string[] = [];
  for (const one of found.slice(0, MOST_ENTRIES)) {
    const problem = isTool(one) ? findProblem(one, tools) : 'its entry has no name or no schema';
    if (problem === null) tools.set((one as ListedTool).name, one as ListedTool);
    else problems.push(`upstream ${upstream}: tool ${toName(one)} is left out: ${problem}`);
  }
  if (found.length > MOST_ENTRIES) {
    problems.push(`upstream ${upstream}: only the first ${MOST_ENTRIES} of its tools are taken`);
  }
  return { upstream, tools: [...tools.values()], ...NO_CONTENT, problems };
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
