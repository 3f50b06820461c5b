// The lists of some lanes as one, page by page. Each lane keeps its own order; of the next ones of all lanes, the one whose place is the
// greatest comes first. Invariant: an entry whose place stays is given once, whatever the sizes of the pages.

export interface Entry {
  readonly runId: string;
  readonly place: string;
}

interface Page<One extends Entry> {
  readonly entries: readonly One[];
  /** What the next page is read with; empty: this is the last one. */
  readonly next: string;
}

/** How far a lane was read. Pages start anywhere, so the page is read again with its size, and what was given is left out. */
export interface Mark {
  /** Empty: the first page. */
  readonly token: string;
  readonly size: number;
  /** What was given of this page: all before a place, and these runs of that place; absent: nothing. */
  readonly given?: { readonly place: string; readonly runIds: readonly string[] };
}

/** One lane; `from` is null where it has been given whole. */
export interface Source<One extends Entry> {
  readonly from: Mark | null;
  readonly read: (token: string, size: number) => Promise<Page<One>>;
}

export interface Merged<One extends Entry> {
  readonly entries: readonly One[];
  /** Of each source; `null`: it has been given whole. */
  readonly marks: readonly (Mark | null)[];
}

/** The next `limit` entries of all sources, or all that are left. */
export async function mergeLanes<One extends Entry>(
  sources: readonly Source<One>[],
  limit: number,
): Promise<Merged<One>> {
  const readers = sources.map((source) => createReader(source, limit));
  const entries: One[] = [];
  while (entries.length < limit) {
    const heads = await Promise.all(readers.map(async (reader) => reader.head()));
    const first = findFirst(heads);
    if (!first) break;
    entries.push(first);
    readers[heads.indexOf(first)]?.take();
  }
  return { entries, marks: readers.map((reader) => reader.mark()) };
}

/** Of equal places, the first. */
function findFirst<One extends Entry>(heads: readonly (One | null)[]): One | null {
  return heads.reduce(
    (best, head) => (best && head && head.place > best.place ? head : (best ?? head)),
    null,
  );
}

interface Reader<One extends Entry> {
  /** The next one, which stays; `null` at the end. */
  head(): Promise<One | null>;
  take(): void;
  mark(): Mark | null;
}

function createReader<One extends Entry>(source: Source<One>, size: number): Reader<One> {
  let page: Mark | null = null;
  let left: One[] = [];
  let upcoming = source.from;
  return {
    head: async () => {
      while (left.length === 0 && upcoming) {
        const from = upcoming;
        const { entries, next } = await source.read(from.token, from.size);
        page = from;
        left = entries.filter((entry) => !isGiven(entry, from));
        upcoming = next === '' ? null : { token: next, size };
      }
      return left[0] ?? null;
    },
    take: () => {
      const taken = left.shift();
      if (taken && page) page = give(page, taken);
    },
    mark: () => (left.length > 0 ? page : upcoming),
  };
}

function give(page: Mark, { place, runId }: Entry): Mark {
  const equal = page.given?.place === place ? page.given.runIds : [];
  return { ...page, given: { place, runIds: [...equal, runId] } };
}

function isGiven({ place, runId }: Entry, { given }: Mark): boolean {
  if (!given || place < given.place) return false;
  return place > given.place || given.runIds.includes(runId);
}
