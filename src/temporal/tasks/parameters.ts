// How parameters travel: in the workflow's input, or, when they are too large for it, as a file that the input names. The
// file is there before the start, so a task never begins without its parameters; a start that fails leaves a file that
// expires, and its repetition finds the same one.
import { OperationError } from '../../contract/errors.ts';
import type { Files } from '../../contract/file.ts';
import type { Json } from '../../contract/json.ts';
import type { TaskInput } from '../../contract/workflow/task-input.ts';
import { writeJson } from '../../storage/json.ts';

export interface ParameterOptions {
  /** Where files are kept; absent or `null` where nowhere. */
  readonly files?: Files | null | undefined;
  /** Largest parameters that travel with their task where there is storage, as JSON in bytes. Default: 512 KiB. */
  readonly maxInlineBytes?: number | undefined;
}

/**
 * Largest parameters of a task without storage, as JSON in bytes: above this Temporal warns of every event that holds
 * them, and each attempt writes them to the history again.
 */
const PARAMETERS_BYTES = 512 * 1024;

/** The fields of a task's input that hold its parameters, or say where they are. */
export type ParameterFields = Pick<TaskInput, 'parameters' | 'storedParameters'>;

/**
 * Decides how parameters travel; the function that it returns stores them, where they become a file.
 *
 * @param instead what the caller can do instead of a file, where they may not become one; `null` where they may
 * @throws {OperationError} INVALID_PARAMETERS, when they are too large for either
 */
export function planParameters(
  parameters: Json,
  options: ParameterOptions,
  instead: string | null = null,
): (principal: string) => Promise<ParameterFields> {
  const { maxInlineBytes = PARAMETERS_BYTES } = options;
  const files = instead === null ? options.files : null;
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  const inlineBytes = files ? Math.min(maxInlineBytes, PARAMETERS_BYTES) : PARAMETERS_BYTES;
  if (bytes <= inlineBytes) return async () => Promise.resolve({ parameters });
  if (!files) {
    throw createSizeError(
      bytes,
      inlineBytes,
      instead ?? 'where files are kept (storage), they may be larger',
    );
  }
  if (bytes > files.maxBytes) {
    throw createSizeError(bytes, files.maxBytes, 'leave out what is not needed');
  }
  return async (principal) => ({
    parameters: null,
    storedParameters: await writeJson(files, principal, parameters, 'request'),
  });
}

function createSizeError(bytes: number, limit: number, wayOut: string): OperationError {
  const message = `the parameters have ${bytes} bytes; a task carries at most ${limit}: ${wayOut}`;
  return new OperationError('INVALID_PARAMETERS', `parameters: ${message}`, {
    details: { issues: [{ path: '', message }] },
  });
}
