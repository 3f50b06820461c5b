// Progress of a task as MCP progress notifications. Invariants: the number rises with every notification, as MCP
// demands; at most one a second; none after close().
import type { ServerContext } from '@modelcontextprotocol/server';
import type { Progress } from '../contract/task.ts';

/** What a notification says, beside the caller's token. */
export interface ProgressNotice {
  readonly progress: number;
  readonly total?: number;
  readonly message?: string;
}

export interface ProgressReporter {
  readonly report: (progress: Progress) => void;
  /** Drops what is not sent yet; resolves when what is on its way has been handed over. */
  close(): Promise<void>;
}

/** Temporal brings a heartbeat a second at most; a faster service is slowed down to the same pace. */
const INTERVAL_MS = 1000;

/** Creates a reporter that sends through `send`, which fails when the caller has gone. */
export function createProgressReporter(
  send: (notice: ProgressNotice) => Promise<void>,
): ProgressReporter {
  let value = 0;
  let pending: Progress | null = null;
  let timer: NodeJS.Timeout | undefined;
  let sent = Promise.resolve();
  let closed = false;

  const flush = (): void => {
    timer = undefined;
    if (pending === null) return;
    const { fraction, message } = pending;
    pending = null;
    // A new message at the same fraction still has to raise the number: by a hundredth of what is left.
    const next = fraction !== null && fraction > value ? fraction : value + (1 - value) / 100;
    if (next <= value) return;
    value = next;
    const notice = {
      progress: value,
      ...(fraction !== null && { total: 1 }),
      ...(message !== null && { message }),
    };
    sent = send(notice).catch(() => undefined);
    timer = setTimeout(flush, INTERVAL_MS);
  };

  return {
    report: (progress) => {
      if (closed) return;
      pending = progress;
      if (timer === undefined) flush();
    },
    close: () => {
      closed = true;
      pending = null;
      clearTimeout(timer);
      return sent;
    },
  };
}

/** Answers a request, and passes progress on while it runs where the request carries a progress token. */
export async function withProgress<Answer>(
  { mcpReq }: ServerContext,
  answer: (onProgress?: (progress: Progress) => void) => Promise<Answer>,
): Promise<Answer> {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return answer();
  const reporter = createProgressReporter((notice) =>
    mcpReq.notify({ method: 'notifications/progress', params: { progressToken, ...notice } }),
  );
  try {
    return await answer(reporter.report);
  } finally {
    await reporter.close();
  }
}
