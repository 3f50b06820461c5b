// A list of an upstream, page by page. Invariant: a list without end has one here.
import type { Client } from '@modelcontextprotocol/client';
import * as z from 'zod';

/** Longest list. */
export const MOST_ENTRIES = 5_000;
/** Pages of a list; more of them have no end. */
const MOST_PAGES = 500;

const METHODS = {
  tools: 'tools/list',
  prompts: 'prompts/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
} as const;

const page = z.looseObject({ nextCursor: z.string().nullish() });
const entries = z.array(z.unknown());

/** Every entry of a list, unread. Rejects with what kept it from that. */
export async function readPages(
  client: Client,
  list: keyof typeof METHODS,
  timeout: number,
): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  let cursor: string | null | undefined;
  for (let pages = 0; pages < MOST_PAGES && found.length < MOST_ENTRIES; pages += 1) {
    const params = typeof cursor === 'string' ? { cursor } : {};
    const answer = await client.request({ method: METHODS[list], params }, page, { timeout });
    found.push(...entries.parse(answer[list], { reportInput: false }));
    cursor = answer.nextCursor;
    if (typeof cursor !== 'string') break;
  }
  return found;
}
