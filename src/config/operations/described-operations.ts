// Entries of the list `operations` that name a description of OpenAPI: the declarations that they stand for. A description is pinned
// by its hash, so what runs is what somebody has looked at.
import * as z from 'zod';
import { toJsonSchema } from '../explain/option.ts';
import { toFindings, type Finding } from '../explain/problem.ts';

/** Operations of a description, live. */
const describedSchema = z.strictObject({
  openapi: z
    .string()
    .min(1)
    .describe('File of the description, relative to the folder of the configuration.'),
  hash: z
    .string()
    .optional() // said with the command that prints it
    .describe('SHA-256 of the description, and of the files that it refers to.'),
  include: z
    .array(z.string().min(1))
    .min(1)
    .describe('What is taken: names, operationIds, paths, or method and path; `*` for any.'),
  server: z
    .string()
    .min(1)
    .optional()
    .describe('Where the API is, such as `${env:REPORTS_URL}`. Default: as described.'),
});

/** An entry of the list `operations`. */
export type DescribedOperations = z.input<typeof describedSchema>;

/** Replaces such entries by maps from name to declaration. */
export async function readDescribed(
  entries: unknown,
  directory: string,
): Promise<{ readonly entries: unknown; readonly findings: readonly Finding[] }> {
  if (!Array.isArray(entries) || !entries.some(isDescribed)) return { entries, findings: [] };
  const findings: Finding[] = [];
  const read: unknown[] = [];
  for (const [index, entry] of (entries as unknown[]).entries()) {
    if (!isDescribed(entry)) read.push(entry);
    else read.push(await readEntry(entry, directory, index, findings));
  }
  return { entries: read, findings };
}

function isDescribed(entry: unknown): entry is object {
  return typeof entry === 'object' && entry !== null && 'openapi' in entry;
}

async function readEntry(
  entry: object,
  directory: string,
  index: number,
  findings: Finding[],
): Promise<Readonly<Record<string, unknown>>> {
  const path = ['operations', index];
  const parsed = describedSchema.safeParse(entry);
  if (!parsed.success) {
    const found = toFindings(parsed.error.issues, toJsonSchema(describedSchema), entry);
    findings.push(...found.map((one) => ({ ...one, path: [...path, ...one.path] })));
    return {};
  }
  const { openapi, hash, include, server } = parsed.data;
  // A configuration without a description does not load what reads one.
  const { readDescription, takeOperations } = await import('../../openapi/index.ts');
  try {
    const description = await readDescription(openapi, directory);
    if (description.hash !== hash) {
      const words = include.map((name) => `'${name}'`).join(' ');
      const command = `longhaul import openapi ${openapi} --live --include ${words}`;
      const why =
        hash === undefined ? 'the description is not pinned' : 'the description has changed';
      const message = `${why}; look at it, and pin it by what this prints: ${command}`;
      findings.push({ path: [...path, 'hash'], message });
      return {};
    }
    const { declared, missing } = takeOperations(description, { include, server });
    findings.push(
      ...missing.map(({ source, message }) => ({ path, message: `${source}: ${message}` })),
    );
    return Object.fromEntries(declared.map(({ name, declaration }) => [name, declaration]));
  } catch (error) {
    findings.push({ path: [...path, 'openapi'], message: (error as Error).message });
    return {};
  }
}
