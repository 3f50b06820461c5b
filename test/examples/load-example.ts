// The examples as a person starts them: their file is loaded by the product's own loader.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '../../src/config/load/load.ts';
import type { JobSteps, Operation, RunSteps } from '../../src/operations/operation.ts';
import { createRegistry, type Registry } from '../../src/operations/registry.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Loads an example, by its file below `examples/`. */
export async function loadExample(
  file: string,
  env: Readonly<Record<string, string>>,
): Promise<Registry> {
  const { operations, policyDefaults } = await loadConfig({
    workingDirectory: EXAMPLES,
    file: join(EXAMPLES, file),
    env,
  });
  return createRegistry(operations, policyDefaults);
}

/** The steps of an operation that one attempt does. */
export function runStepsOf({ name, steps }: Operation): RunSteps {
  if (steps.kind !== 'run') throw new Error(`${name} is a job`);
  return steps;
}

/** The steps of a job. */
export function jobStepsOf({ name, steps }: Operation): JobSteps {
  if (steps.kind !== 'job') throw new Error(`${name} is no job`);
  return steps;
}
