// Concurrent callers who ask for the same share one call. Nothing is kept once it is answered.

/** Creates a share: callers that come with the same key, while a call is under way, get that call's answer. */
export function createShare<Value>(): (key: string, call: () => Promise<Value>) => Promise<Value> {
  const underWay = new Map<string, Promise<Value>>();
  return async (key, call) => {
    const known = underWay.get(key);
    if (known) return known;
    const shared = call().finally(() => underWay.delete(key));
    underWay.set(key, shared);
    return shared;
  };
}
