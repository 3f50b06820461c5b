// Concurrent callers who ask for the same share one call. Nothing is kept once it is answered.

/** Runs `call`, or shares another caller's with the same key. */
export type Share<Value> = (key: string, call: () => Promise<Value>) => Promise<Value>;

/** Creates a share for what never changes: a caller that comes while a call is under way gets that call's answer. */
export function createShare<Value>(): Share<Value> {
  const underWay = new Map<string, Promise<Value>>();
  return async (key, call) => {
    const known = underWay.get(key);
    if (known) return known;
    const shared = call().finally(() => underWay.delete(key));
    underWay.set(key, shared);
    return shared;
  };
}

/**
 * Creates a share for what changes: no caller gets an answer older than its question, so that it sees what it has just
 * done. A caller that comes while a call is under way waits for the next one, together with all who come by then.
 */
export function createFreshShare<Value>(): Share<Value> {
  const underWay = new Map<string, Promise<unknown>>();
  const following = new Map<string, Promise<Value>>();
  const follow = async (key: string, call: () => Promise<Value>): Promise<Value> => {
    await underWay.get(key);
    following.delete(key);
    const begun = call();
    const ended = begun.then(
      () => undefined,
      () => undefined,
    );
    underWay.set(key, ended);
    await ended;
    if (underWay.get(key) === ended) underWay.delete(key);
    return begun;
  };
  return async (key, call) => {
    const next = following.get(key) ?? follow(key, call);
    following.set(key, next);
    return next;
  };
}
