// The tools of the operations, as one table, and what they share.
import type { Registry } from '../../operations/registry.ts';
import type { NativeFaces } from '../method.ts';
import type { OfferedTools } from '../options.ts';
import { createTypedTool, type TypedTool } from './tool.ts';

/** What calls of typed tools need from their surroundings. */
export interface Typed extends NativeFaces {
  /** Whether the pair is there to follow a task. */
  readonly hasPair: boolean;
}

/**
 * The tools of the operations, in the order of their names.
 *
 * @throws {TypeError} when one cannot be made; the message says why
 */
export function createTypedTools(
  registry: Registry,
  { inlineWaitSeconds }: OfferedTools,
  hasFiles: boolean,
): readonly TypedTool[] {
  return registry.all.map(({ operation }) =>
    createTypedTool(operation, inlineWaitSeconds * 1000, hasFiles),
  );
}
