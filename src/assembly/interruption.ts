// Signals as an AbortSignal: the first one asks to stop in order, the second one ends the process at once.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** 128 and the number of SIGINT, as shells report it. */
const INTERRUPTED = 130;

export function listenForInterruption(host: Pick<NodeJS.Process, 'on' | 'exit'>): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) host.exit(INTERRUPTED);
    controller.abort();
  };
  for (const signal of SIGNALS) host.on(signal, interrupt);
  return controller.signal;
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}
