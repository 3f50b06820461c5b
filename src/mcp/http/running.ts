// The answers that are being given. Invariant: a shutdown cuts none of them off within its grace.
import type { ServerResponse } from 'node:http';
import { pause } from '../../contract/pause.ts';

export interface Running {
  readonly isClosing: boolean;
  add(response: ServerResponse): void;
  /** Waits for the end of every answer and of `others`, for at most `graceMs`. */
  close(others: Promise<void>, graceMs: number): Promise<void>;
}

export function createRunning(): Running {
  const running = new Set<ServerResponse>();
  let isClosing = false;
  return {
    get isClosing() {
      return isClosing;
    },
    add: (response) => {
      running.add(response);
      response.once('close', () => running.delete(response));
    },
    close: async (others, graceMs) => {
      isClosing = true;
      for (const response of running) {
        if (!response.headersSent) response.setHeader('connection', 'close');
      }
      const ends = [...running].map(
        (response) => new Promise((resolve) => response.once('close', resolve)),
      );
      const over = new AbortController();
      await Promise.race([Promise.all([others, ...ends]), pause(graceMs, over.signal)]);
      over.abort();
    },
  };
}
