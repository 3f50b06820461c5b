// Waiting that can be given up, for work that cannot be: native code takes no signal.

/**
 * Settles as `work` does, or rejects with the signal's reason when that is aborted before.
 *
 * @param discard gets what `work` brings after all
 */
export async function orGiveUp<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  discard: (late: Result) => unknown = () => undefined,
): Promise<Result> {
  let giveUp: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    giveUp = () => {
      work.then(discard).catch(() => undefined);
      reject(signal.reason as Error);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (giveUp) signal.removeEventListener('abort', giveUp);
  }
}
