// Concurrent callers who ask for the same share one call. Nothing is kept once it is answered.

/** Runs `call`, or shares another caller's with the same key. */
export type Share<Value> = (key: string, call: () => Promise<Value>) => Promise<Value>;

/** Creates a share for what never changes: whoever comes while a call is under way gets that call's answer. */
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
 * Creates a share for what changes: nobody gets an answer older than the question, so that a caller sees what it has just
 * done. Whoever comes while a call is under way waits for the next one, together with all who come by then.
 */
export function createFreshShare<Value>(): Share<Value> {
  const underWay = new Map<string, Promise<Value>>();
  const following = new Map<string, Promise<Value>>();
  const begin = async (key: string, call: () => Promise<Value>): Promise<Value> => {
    const begun = call().finally(() => {
      if (underWay.get(key) === begun) underWay.delete(key);
    });
    underWay.set(key, begun);
    return begun;
  };
  const follow = async (
    running: Promise<Value>,
    key: string,
    call: () => Promise<Value>,
  ): Promise<Value> => {
    await running.catch(() => undefined);
    following.delete(key);
    return begin(key, call);
  };
  return async (key, call) => {
    const running = underWay.get(key);
    if (!running) return begin(key, call);
    const next = following.get(key) ?? follow(running, key, call);
    following.set(key, next);
    return next;
  };
}
