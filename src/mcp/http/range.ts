// The Range header (RFC 9110, section 14): one range of bytes. Anything else is ignored, as the specification allows, and
// answered with the whole.
import type { FileRange } from '../../contract/file.ts';

/** The part that is asked for; `null` for the whole, `unsatisfiable` when it begins behind the end. */
export function parseRange(
  header: string | undefined,
  size: number,
): FileRange | 'unsatisfiable' | null {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return null;
  const offset = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < offset) return null;
  return offset >= size ? 'unsatisfiable' : { offset, length: last - offset + 1 };
}
