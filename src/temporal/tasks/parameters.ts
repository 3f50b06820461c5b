// How parameters travel: in the workflow's input, or, when they are too large for it, as a file that the input names. The
// file is there before the start, so a task never begins without its parameters; a start that fails leaves a file that
// expires, and its repetition finds the same one.
import { OperationError } from '../../contract/errors.ts';
import type { Files } from '../../contract/file.ts';
import type { Json } from '../../contract/json.ts';
import type { TaskInput } from '../../contract/task-input.ts';
import { writeJson } from '../../storage/json.ts';

/** What decides how parameters travel. */
export interface ParameterOptions {
  /** Where files are kept; absent or `null` where nowhere. */
  readonly files?: Files | null | undefined;
  /** Largest parameters that travel with their task where there is storage, as JSON in bytes. Default: 512 KiB. */
  readonly maxInlineBytes?: number | undefined;
}

/**
 * Largest parameters of a task without storage, as JSON in bytes: above this Temporal warns of every event that carries
 * them, and each attempt writes them to the history again.
 */
const PARAMETERS_BYTES = 512 * 1024;

/** The part of a task's input that holds its parameters. */
export type Carried = Pick<TaskInput, 'parameters' | 'storedParameters'>;

/**
 * Decides how parameters travel; what it returns stores them, where that is the way.
 *
 * @param startsLater whether the task begins later: its files may have expired by then, so it has none
 * @throws {OperationError} INVALID_PARAMETERS, when they are too large for either
 */
export function planParameters(
  parameters: Json,
  options: ParameterOptions,
  startsLater = false,
): (principal: string) => Promise<Carried> {
  const { maxInlineBytes = PARAMETERS_BYTES } = options;
  const files = startsLater ? null : options.files;
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  const inlineBytes = files ? Math.min(maxInlineBytes, PARAMETERS_BYTES) : PARAMETERS_BYTES;
  if (bytes <= inlineBytes) return async () => Promise.resolve({ parameters });
  if (!files || bytes > files.maxBytes)
    throw createSizeError(bytes, files?.maxBytes ?? inlineBytes);
  return async (principal) => ({
    parameters: null,
    storedParameters: await writeJson(files, principal, parameters, 'request'),
  });
}

function createSizeError(bytes: number, limit: number): OperationError {
  const message = `the parameters have ${bytes} bytes; a task carries at most ${limit}`;
  return new OperationError('INVALID_PARAMETERS', `parameters: ${message}`, {
    details: { issues: [{ path: '', message }] },
  });
}
