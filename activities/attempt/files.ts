// Files, as an attempt meets them: parameters that were too large to travel, results that are, and what the operation
// itself stores and opens. Invariant: an attempt reads and writes only its principal's files.
import { OperationError, toTaskError } from '../../src/contract/errors.ts';
import type { FileReference, Files } from '../../src/contract/file.ts';
import { isJsonObject, type Json } from '../../src/contract/json.ts';
import type { AttemptInput } from '../../src/contract/workflow/task-input.ts';
import { toWellFormed } from '../../src/contract/text.ts';
import type { OperationContext, OperationLog } from '../../src/operations/context.ts';
import { readJson, writeJson } from '../../src/storage/json.ts';
import { checkResult, fits } from './result.ts';

export interface FileOptions {
  /** Where files are kept; absent or `null` where nowhere. */
  readonly files?: Files | null | undefined;
  /** Largest result that travels with its task, as JSON in bytes. */
  readonly maxResultBytes: number;
}

interface OffloadOptions extends FileOptions {
  readonly repeatable: boolean;
  readonly log: Pick<OperationLog, 'warn'>;
}

/** Parameters that were too large to travel. */
export async function readParameters(
  { principal }: Pick<AttemptInput, 'principal'>,
  { uri }: FileReference,
  { files }: Pick<FileOptions, 'files'>,
): Promise<Json> {
  return readJson(demand(files), principal, uri);
}

/**
 * The result as it travels: itself, or the reference to the file that it has become.
 *
 * Fails with `RESULT_TOO_LARGE` where there is no storage for it, with `STORAGE_UNAVAILABLE`, and with `OUTCOME_UNKNOWN`
 * instead where another attempt could do harm: the work is done, and its result is lost.
 *
 * @param options.repeatable whether another attempt does no harm
 * @param options.log reports what was replaced, since UTF-8 has no form for it
 */
export async function offloadResult(
  given: Json,
  { principal }: Pick<AttemptInput, 'principal'>,
  { files, maxResultBytes, repeatable, log }: OffloadOptions,
): Promise<Json> {
  const result = toWellFormed(given);
  if (result !== given)
    log.warn('a text of the result held half a surrogate pair: it is U+FFFD now');
  if (!files) return checkResult(result, maxResultBytes);
  if (fits(result, maxResultBytes)) return result;
  try {
    const reference = await writeJson(files, principal, result);
    // A tool that has answered with an error has done so as a file, too.
    return isJsonObject(result) && result['isError'] === true
      ? { ...reference, isError: true }
      : reference;
  } catch (error) {
    if (repeatable || toTaskError(error).code !== 'STORAGE_UNAVAILABLE') throw error;
    throw new OperationError(
      'OUTCOME_UNKNOWN',
      `the operation ended, but its result could not be stored: ${toTaskError(error).message}`,
      { cause: error },
    );
  }
}

export function createFileContext(
  { principal }: Pick<AttemptInput, 'principal'>,
  { files }: Pick<FileOptions, 'files'>,
  signal: AbortSignal,
): Pick<OperationContext, 'store' | 'open'> {
  return {
    store: async (content, mimeType = 'application/octet-stream') =>
      demand(files).write(principal, untilAborted(content, signal), mimeType),
    open: async (file) => demand(files).find(principal, typeof file === 'string' ? file : file.uri),
  };
}

async function* untilAborted(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of content) {
    signal.throwIfAborted();
    yield chunk;
  }
}

function demand(files: Files | null | undefined): Files {
  if (files) return files;
  throw new OperationError(
    'INTERNAL',
    'no storage of files is configured on this worker: set storage.mode, the same for gateways and workers',
  );
}
