// Pages that a measurement writes: what they say of where it ran, and how they come into docs/.
import { writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';

/** When and where something was measured. */
export interface MeasuredOn {
  /** ISO 8601. */
  readonly at: string;
  /** Processors and Node's version. */
  readonly machine: string;
}

/** Now, and on this machine. */
export function toMeasuredOn(): MeasuredOn {
  return {
    at: new Date().toISOString(),
    machine: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`,
  };
}

/** Writes a page of docs/ in the form that the project's pages have; returns its path. */
export async function writePage(name: string, markdown: string): Promise<string> {
  const page = fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
  const style = await resolveConfig(page);
  await writeFile(page, await format(markdown, { ...style, filepath: page }));
  return page;
}
