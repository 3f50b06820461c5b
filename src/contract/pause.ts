// A pause that ends early when its signal aborts. That of node:timers/promises makes an error with its stack for each that does, and most
// do: they stand beside something that is awaited.

/** Resolves after `ms` milliseconds, or as soon as the signal aborts; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<null> {
  if (signal?.aborted) return null;
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve(null);
    };
    const timer = setTimeout(end, Math.max(0, ms));
    signal?.addEventListener('abort', end);
  });
}
