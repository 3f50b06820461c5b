// A stream of bytes as lines. Of a line above the limit the beginning and the end are kept.
const KEPT_BYTES = 512;
const BREAK = 10;

/**
 * @param onLine `isWhole` is false for a line above the limit
 * @returns what takes the chunks of the stream
 */
export function createLines(
  maxBytes: number,
  onLine: (line: Buffer, isWhole: boolean) => void,
): (chunk: Buffer) => void {
  let parts: Buffer[] = [];
  let bytes = 0;
  let isWhole = true;

  const add = (part: Buffer): void => {
    parts.push(part);
    bytes += part.length;
    if (isWhole && bytes <= maxBytes) return;
    const all = Buffer.concat(parts);
    isWhole = false;
    if (all.length > 2 * KEPT_BYTES) {
      parts = [all.subarray(0, KEPT_BYTES), all.subarray(-KEPT_BYTES)].map((kept) =>
        Buffer.from(kept),
      );
    }
  };

  return (chunk) => {
    let from = 0;
    for (let at = chunk.indexOf(BREAK); at !== -1; at = chunk.indexOf(BREAK, from)) {
      add(chunk.subarray(from, at));
      const line = Buffer.concat(parts);
      if (line.length > 0) onLine(line, isWhole);
      parts = [];
      bytes = 0;
      isWhole = true;
      from = at + 1;
    }
    if (from < chunk.length) add(chunk.subarray(from));
  };
}
