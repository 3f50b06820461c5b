// The handle of a task: `<key part>.<run id of the first run, as 22 base64url characters>`. Visible ASCII, at most 128
// characters, not guessable, and resolvable without a table.

export interface TaskRef {
  /** The part of the workflow id that follows the principal. */
  readonly keyPart: string;
  /** Run id of the first run: a UUID in its usual form. */
  readonly runId: string;
}

/** The pattern of a part of a workflow id that stands there as it is. */
export const ID_PART = '[A-Za-z0-9._~-]{1,64}';

const SHAPE = new RegExp(`^(${ID_PART})\\.([A-Za-z0-9_-]{22})$`);

export function toTaskRef({ keyPart, runId }: TaskRef): string {
  return `${keyPart}.${toBase64Url(runId.replaceAll('-', ''))}`;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Hexadecimal as base64url: the sandbox of workflows has no Buffer. */
function toBase64Url(hex: string): string {
  const bits = Array.from(hex, (digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join(
    '',
  );
  const sextets = bits.match(/.{1,6}/g) ?? [];
  return sextets.map((sextet) => DIGITS[parseInt(sextet.padEnd(6, '0'), 2)]).join('');
}

/** The task_ref of a workflow, whose id is the principal, a colon and the key part. */
export function toWorkflowTaskRef(workflowId: string, firstRunId: string): string {
  const keyPart = workflowId.slice(workflowId.indexOf(':') + 1);
  return toTaskRef({ keyPart, runId: firstRunId });
}

export function parseTaskRef(text: string): TaskRef | null {
  const match = SHAPE.exec(text);
  if (match?.[1] === undefined || match[2] === undefined) return null;
  const hex = Buffer.from(match[2], 'base64url').toString('hex');
  const runId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const ref = { keyPart: match[1], runId };
  return toTaskRef(ref) === text ? ref : null;
}
