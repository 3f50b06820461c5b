// What is asked of an SDK's client with each request.
import type { Progress } from '../contract/task.ts';

/** What a call may carry beside its arguments. */
export interface CallOptions {
  /** Aborted when the caller no longer waits for the answer. */
  readonly signal: AbortSignal;
  /** How long the call may take, in milliseconds; always longer than the wait that the call asks for. */
  readonly timeoutMs: number;
  /** Present when the caller wants progress notifications. */
  readonly onProgress?: (progress: Progress) => void;
}

/** A progress notification as the SDKs report it. */
interface ProgressNotice {
  readonly progress: number;
  readonly total?: number | undefined;
  readonly message?: string | undefined;
}

/** The options of either SDK. */
export interface RequestOptions {
  readonly signal: AbortSignal;
  readonly timeout: number;
  readonly onprogress?: (notice: ProgressNotice) => void;
}

/** In the words of the SDKs. */
export function toRequestOptions({ signal, timeoutMs, onProgress }: CallOptions): RequestOptions {
  return {
    signal,
    timeout: timeoutMs,
    ...(onProgress && {
      onprogress: ({ progress, total, message }) => {
        onProgress({ fraction: total ? progress / total : null, message: message ?? null });
      },
    }),
  };
}
