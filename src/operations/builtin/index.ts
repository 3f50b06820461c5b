// The operations that are there without any configuration.
import type { Operation } from '../operation.ts';
import { approval } from './approval.ts';
import { batch } from './batch.ts';
import { createHttpRequest } from './http-request.ts';
import { simulatedBatch } from './simulated-batch.ts';
import { sleep } from './sleep.ts';

/** @param allow origins that `http_request` may reach */
export function builtinOperations(allow: readonly string[] = []): readonly Operation[] {
  return [sleep, createHttpRequest(allow), simulatedBatch, approval, batch];
}
