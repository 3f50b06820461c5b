// What of an upstream was reviewed: the pinned catalogue. I1: what is served of a pinned upstream stands in the file. I2: a server
// that says something else by now is not called. What a model reads counts, and schemas; icons and `_meta` do not.
import { hash } from 'node:crypto';
import { toComparable } from '../../../contract/json/compare.ts';
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type JsonObject } from '../../../contract/json.ts';
import { CONTENT } from './content.ts';
import { toReason } from './failure.ts';
import type { Lists } from './lists.ts';
import type { Listing } from './tools.ts';

/** What mends a difference, once somebody has looked at it. */
export const PIN_COMMAND = 'longhaul upstreams pin';

/** The lists, and what an entry of each is known by. */
const LISTS = { tools: 'name', ...CONTENT } as const;
type ListName = keyof typeof LISTS;

const COMPARED = [
  ...['title', 'description', 'inputSchema', 'outputSchema', 'annotations', 'arguments'],
  ...['mimeType', 'uri', 'uriTemplate', 'name'],
];

export type Pinned = Readonly<Record<ListName, readonly JsonObject[]>>;

/** A listing as it stands in the file: each entry with its hash, in the order of their names. */
export function toPinned(listing: Listing): JsonObject {
  const toEntries = ([list, key]: [string, string]) => {
    const entries = listing[list as ListName] as readonly JsonObject[];
    const named = entries.map((listed) => ({ hash: toHash(listed), listed }));
    const sorted = named.sort((one, other) =>
      toName(one.listed, key) < toName(other.listed, key) ? -1 : 1,
    );
    return [list, sorted];
  };
  return Object.fromEntries(Object.entries(LISTS).map(toEntries)) as JsonObject;
}

/** @throws {TypeError} naming an entry whose text is not what was pinned */
export function fromPinned(upstream: string, value: unknown): Pinned {
  const read = (list: ListName): readonly JsonObject[] => {
    const found = isJsonObject(value) ? value[list] : undefined;
    if (!Array.isArray(found)) throw new TypeError(`${upstream} has no ${list}`);
    return found.map((entry: unknown) => {
      const { hash, listed } = isJsonObject(entry) ? entry : {};
      if (!isJsonObject(listed) || toHash(listed) !== hash) {
        throw new TypeError(`${upstream}, ${list}: an entry was changed by hand`);
      }
      return listed;
    }); // the hashes say that these were entries of a listing
  };
  return Object.fromEntries(
    Object.keys(LISTS).map((list) => [list, read(list as ListName)]),
  ) as Pinned;
}

export function toListed(upstream: string, pinned: Pinned): Listing {
  return {
    upstream,
    problems: [],
    ...(pinned as unknown as Omit<Listing, 'upstream' | 'problems'>),
  };
}

/** What is different now, in words; `null` where nothing is that counts. */
function findDifference(pinned: JsonObject, now: JsonObject | undefined): string | null {
  if (now === undefined) return 'the server does not list it any more';
  const parts = COMPARED.filter(
    (part) => toComparable(pinned[part] ?? null) !== toComparable(now[part] ?? null),
  );
  return parts.length === 0 ? null : `its ${parts.join(' and ')} changed`;
}

/** What the server lists beside what is pinned, a line for each difference. */
export function toDifferences(pinned: Pinned, listing: Listing): string[] {
  return (Object.keys(LISTS) as ListName[]).flatMap((list) => {
    const key = LISTS[list];
    const now = listing[list] as readonly JsonObject[];
    const what = (entry: JsonObject) => `${toWord(list)} ${JSON.stringify(entry[key])}`;
    const findIn = (entries: readonly JsonObject[], entry: JsonObject) =>
      entries.find((one) => one[key] === entry[key]);
    return [
      ...pinned[list].flatMap((entry) => {
        const difference = findDifference(entry, findIn(now, entry));
        return difference === null ? [] : [`${what(entry)}: ${difference}`];
      }),
      ...now
        .filter((entry) => !findIn(pinned[list], entry))
        .map((entry) => `${what(entry)}: it is new`),
    ];
  });
}

/** Refuses a call of what the server describes in another way than was pinned; nothing is called then. */
export async function refuseChanged(
  upstream: string,
  list: ListName,
  pinned: JsonObject,
  lists: Pick<Lists, 'read'>,
): Promise<void> {
  const key = LISTS[list];
  const what = `upstream ${upstream}, ${toWord(list)} ${toName(pinned, key)}`;
  const listing = await lists.read().catch((error: unknown) => {
    const why = `it cannot be compared with what is pinned: ${toReason(error)}`;
    throw new OperationError('UPSTREAM_UNAVAILABLE', `${what}: ${why}`);
  });
  const now = (listing[list] as readonly JsonObject[]).find((one) => one[key] === pinned[key]);
  const difference = findDifference(pinned, now);
  if (difference === null) return;
  throw new OperationError(
    'UPSTREAM_REJECTED',
    `${what}: ${difference} since it was pinned, and it was not called: look at it, then run \`${PIN_COMMAND} ${upstream}\``,
  );
}

function toName(entry: JsonObject, key: string): string {
  const name = entry[key];
  return typeof name === 'string' ? name : '';
}

function toWord(list: ListName): string {
  return list === 'resourceTemplates' ? 'resource template' : list.slice(0, -1);
}

function toHash(listed: JsonObject): string {
  return `sha256-${hash('sha256', toComparable(listed), 'base64')}`;
}
