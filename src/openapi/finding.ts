// What is wrong with a description, with the file and the line where it stands. Whoever reads a description goes on without
// the part that a finding names.
import { toPrintableLine } from '../contract/text.ts';
import type { Findings, Place } from './walk.ts';

export function createFindings(): Findings {
  const found = new Map<string, { readonly place: Place; readonly message: string }>();
  return {
    list: () =>
      [...found.values()].map(({ place: { file, path }, message }) => ({
        source: file.locate(path),
        message,
      })),
    add: (place, text) => {
      const message = toPrintableLine(text);
      found.set(JSON.stringify([place.file.url, place.path, message]), { place, message });
    },
  };
}
