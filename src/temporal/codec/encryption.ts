// What keys change for a client and for a worker of the SDK. Invariant: a worker with keys writes nothing readable that came
// out of an operation, neither from an attempt nor from the workflow's sandbox.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { WorkerOptions } from '@temporalio/worker';
import { ENCODES_FAILURES } from '../../contract/workflow/sandbox.ts';
import type { Keyring } from '../../encryption/index.ts';
import { createPayloadCodec, KEYLESS_CODEC } from './payload-codec.ts';

/** The workflows of a worker: a bundle, or the sources from which the SDK makes one. */
export type Workflows =
  | { readonly workflowBundle: { readonly codePath: string } }
  | (Pick<WorkerOptions, 'bundlerOptions'> & { readonly workflowsPath: string });

/** The conversion of everything that goes to Temporal and comes from there. */
export function toDataConverter(keyring: Keyring | null): DataConverter {
  if (!keyring) return { ...toPlainConverter(), payloadCodecs: [KEYLESS_CODEC] };
  return {
    ...toPlainConverter(),
    payloadCodecs: [createPayloadCodec(keyring)],
    failureConverterPath: toPath('failure-converter'),
  };
}

/** The conversion where nothing is encrypted, and encrypted payloads need no error of their own. */
export function toPlainConverter(): DataConverter {
  return { payloadConverterPath: toPath('../../../workflows/payload-converter') };
}

/**
 * The conversion towards workflows of others: what is written is readable for their workers, and what workers with Longhaul's keys
 * have encrypted is read.
 */
export function toForeignConverter(keyring: Keyring | null): DataConverter {
  if (!keyring) return toPlainConverter();
  const own = createPayloadCodec(keyring);
  const reading: PayloadCodec = {
    encode: async (payloads) => Promise.resolve(payloads),
    decode: async (payloads, context) => own.decode(payloads, context),
  };
  return { ...toPlainConverter(), payloadCodecs: [reading] };
}

/** A module of the project, in the form that this one has itself. */
function toPath(module: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  return fileURLToPath(new URL(`${module}.${extension}`, import.meta.url));
}

/**
 * The same workflows, which write failures without readable text. From sources the SDK makes a bundle with the failure
 * converter in it, by itself.
 */
export async function encodeFailures(
  workflows: Workflows,
): Promise<Pick<WorkerOptions, 'workflowBundle'>> {
  if ('workflowsPath' in workflows) return {};
  const code = await readFile(workflows.workflowBundle.codePath, 'utf8');
  // On the bundle's first line, so that the lines of its source map stay right.
  return { workflowBundle: { code: `var ${ENCODES_FAILURES};${code}` } };
}
