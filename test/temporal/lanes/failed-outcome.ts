import { expect } from '@jest/globals';
import { ERRORS, type ErrorCode } from '../../../src/contract/errors.ts';

/** How a task has failed, whose message holds a text. */
export const failed = (
  code: ErrorCode,
  message: string,
  more: object = {},
  attempt: number | null = null,
): object => ({
  status: 'failed',
  error: {
    code,
    message: expect.stringContaining(message),
    retryable: ERRORS[code].retryable,
    ...more,
  },
  attempt,
});
