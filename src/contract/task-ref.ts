// The handle of a task: `<key part>.<run id of the first run, as 22 base64url characters>`, with an `a` before the run id where the
// task is an activity. Visible ASCII, at most 128 characters, not guessable, and resolvable without a table.
import type { Lane } from './lane.ts';

export interface TaskRef {
  readonly lane: Lane;
  /** The part of the id of the workflow or activity that follows the principal. */
  readonly keyPart: string;
  /** Run id of the first run: a UUID in its usual form. */
  readonly runId: string;
}

/** The pattern of a part of a workflow id that stands there as it is. */
export const ID_PART = '[A-Za-z0-9._~-]{1,64}';

/** The last character of a run id stands for two bits alone. */
const SHAPE = new RegExp(`^(${ID_PART})\\.(a?)([A-Za-z0-9_-]{21}[AQgw])$`);

export function toTaskRef({ lane, keyPart, runId }: TaskRef): string {
  return `${keyPart}.${lane === 'activity' ? 'a' : ''}${toBase64Url(runId.replaceAll('-', ''))}`;
}

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Hexadecimal as base64url: three digits are two characters. The sandbox of workflows has no Buffer. */
function toBase64Url(hex: string): string {
  let text = '';
  for (let at = 0; at < hex.length; at += 3) {
    const digits = hex.slice(at, at + 3);
    const bits = parseInt(digits, 16) << (4 * (3 - digits.length));
    text += DIGITS.charAt(bits >> 6) + DIGITS.charAt(bits & 63);
  }
  return text;
}

/** The task_ref of a workflow, whose id is the principal, a colon and the key part. */
export function toWorkflowTaskRef(workflowId: string, firstRunId: string): string {
  return toTaskRef({ lane: 'workflow', keyPart: toKeyPart(workflowId), runId: firstRunId });
}

export function toActivityTaskRef(activityId: string, runId: string): string {
  return toTaskRef({ lane: 'activity', keyPart: toKeyPart(activityId), runId });
}

function toKeyPart(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

export function parseTaskRef(text: string): TaskRef | null {
  const match = SHAPE.exec(text);
  if (match?.[1] === undefined || match[3] === undefined) return null;
  const hex = Buffer.from(match[3], 'base64url').toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  const runId = [...parts, hex.slice(20)].join('-');
  const lane = match[2] === 'a' ? 'activity' : 'workflow';
  return { lane, keyPart: match[1], runId };
}
