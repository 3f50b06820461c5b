// Many calls to Temporal for one request, some at once: they are cheap, but must not crowd out other readers.

const AT_ONCE = 10;

/** What a call makes of each item, in their order. Rejects with the first call that does. */
export async function mapSome<Item, Result>(
  items: readonly Item[],
  call: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += AT_ONCE) {
    results.push(...(await Promise.all(items.slice(first, first + AT_ONCE).map(call))));
  }
  return results;
}
