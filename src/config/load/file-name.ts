// What a file is called in messages.
import { isAbsolute, relative } from 'node:path';

/** As a person in the working directory would call the file. */
export function toName(file: string, workingDirectory: string): string {
  const name = relative(workingDirectory, file);
  return name.startsWith('..') || isAbsolute(name) ? file : name;
}
