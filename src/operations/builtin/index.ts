// The operations that are there without any configuration.
import type { Operation } from '../operation.ts';
import { approval } from './approval.ts';
import { batch } from './batch.ts';
import { createHttpRequest } from './http-request.ts';
import { simulatedBatch } from './simulated-batch.ts';
import { sleep } from './sleep.ts';

export interface BuiltinOptions {
  /** Origins that `http_request` may reach. */
  readonly httpAllow: readonly string[];
}

/** @throws {TypeError} when an allowed origin is none */
export function builtinOperations({ httpAllow }: BuiltinOptions): readonly Operation[] {
  return [sleep, createHttpRequest({ allow: httpAllow }), simulatedBatch, approval, batch];
}
