/**
 * Exponential back-off: the pause after so many earlier pauses, in milliseconds.
 *
 * @param pauses how many there were before: 0 gives the first
 * @param longestMs the pause grows no further
 */
export function toBackOffMs(
  firstMs: number,
  factor: number,
  pauses: number,
  longestMs = Infinity,
): number {
  return Math.min(firstMs * factor ** pauses, longestMs);
}
