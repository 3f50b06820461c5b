// What an upstream has beside tools: prompts, resources and templates of resources, as its lists say, taken as data. Invariant: what
// cannot be listed takes no tool away.
import type { Client } from '@modelcontextprotocol/client';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { MOST_ENTRIES, readPages } from './pages.ts';
import { toReason } from './failure.ts';

/** Prompts by name, resources by address, templates by what they are made of; each as its server lists it. */
export interface Content {
  readonly prompts: readonly JsonObject[];
  readonly resources: readonly JsonObject[];
  readonly resourceTemplates: readonly JsonObject[];
}

/** The lists, and what an entry of each is known by. */
export const CONTENT = {
  prompts: 'name',
  resources: 'uri',
  resourceTemplates: 'uriTemplate',
} as const satisfies Record<keyof Content, string>;

export const NO_CONTENT: Content = { prompts: [], resources: [], resourceTemplates: [] };

/** The lists that the server says it has. */
export async function readContent(
  client: Client,
  upstream: string,
  timeoutMs: number,
): Promise<Content & { readonly problems: readonly string[] }> {
  const { prompts, resources } = client.getServerCapabilities() ?? {};
  const problems: string[] = [];
  const read = async (list: keyof Content): Promise<readonly JsonObject[]> => {
    if ((list === 'prompts' ? prompts : resources) === undefined) return [];
    try {
      return toEntries(await readPages(client, list, timeoutMs), CONTENT[list]);
    } catch (error) {
      problems.push(`upstream ${upstream}: its ${list} could not be listed: ${toReason(error)}`);
      return [];
    }
  };
  return {
    prompts: await read('prompts'),
    resources: await read('resources'),
    resourceTemplates: await read('resourceTemplates'),
    problems,
  };
}

/** Entries that are known by something, each once. */
function toEntries(found: readonly unknown[], key: string): readonly JsonObject[] {
  const entries = new Map<string, JsonObject>();
  for (const one of found.slice(0, MOST_ENTRIES)) {
    const known = isJsonObject(one) ? one[key] : undefined;
    if (typeof known === 'string' && !entries.has(known)) entries.set(known, one as JsonObject);
  }
  return [...entries.values()];
}
