// The door: operations from a description of OpenAPI. A description is data of others: nothing of it is run, no value of it is
// a secret, and what it says wrongly is said with file and line while the rest is taken.
import { KINDS } from '../operations/kinds/index.ts';
import type { Kind } from '../operations/kinds/kind.ts';
import { cut, toFirstSentence, toPrintableLine } from '../contract/text.ts';
import { createCatalogue } from './catalogue.ts';
import { declare, type Declared } from './declare.ts';
import type { Description } from './description.ts';
import { createFindings } from './finding.ts';
import { isMeant, versionOf } from './list.ts';
import { toPrefix } from './names.ts';
import { recogniseJob } from './recognise.ts';
import { fillRequest } from './request.ts';
import { step, textAt } from './place.ts';
import type { Place } from './walk.ts';
import { BrokenFile } from './source-file.ts';
import type { Finding } from './walk.ts';

export { readDescription, type Description } from './description.ts';
export { BrokenFile } from './source-file.ts';
export { toConfiguration } from './write.ts';
export type { Finding } from './walk.ts';

export interface Choice {
  /** Patterns of names, operationIds, paths, or method and path. */
  readonly include: readonly string[];
  readonly server?: string | undefined;
}

export interface Offered {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  readonly isJob: boolean;
}

export interface Taken {
  readonly title: string;
  readonly declared: readonly Declared[];
  /** What was left out of what was asked for, and why. */
  readonly missing: readonly Finding[];
  /** What else is wrong. */
  readonly findings: readonly Finding[];
}

/** Lists what a description offers. Fails with `BrokenFile` where it is none. */
export function listOffered(description: Description): readonly Offered[] {
  const { walk, catalogue, prefix } = open(description);
  return catalogue.listed.map((listed) => {
    const submit = catalogue.read(listed);
    const { name, method, path, summary } = submit;
    const isJob =
      recogniseJob({
        walk,
        catalogue,
        submit,
        filled: fillRequest(walk, submit, prefix),
        prefix,
      }) !== null;
    return {
      name,
      method,
      path,
      summary: cut(toPrintableLine(toFirstSentence(summary)), 100, '…'),
      isJob,
    };
  });
}

/**
 * Takes what is asked for. Whatever cannot be declared is left out, and among the findings.
 *
 * @throws {BrokenFile} where it is no description at all
 */
export function takeOperations(description: Description, { include, server }: Choice): Taken {
  const { walk, version, root, catalogue, title, prefix } = open(description);
  const listed = catalogue.listed.filter((one) => include.some((pattern) => isMeant(pattern, one)));
  const missing = createFindings();
  for (const pattern of include) {
    if (catalogue.listed.some((one) => isMeant(pattern, one))) continue;
    missing.add(root, `nothing is called ${pattern}`);
  }
  const scope = { walk, version, root, catalogue, prefix, server };
  const declared = listed.flatMap((one): Declared[] => {
    const made = declare(scope, one);
    const why = made ? refuse(made) : 'nobody has said where it is';
    if (made && why === null) return [made];
    missing.add(one.place, `${one.name} cannot be declared: ${why ?? ''}`);
    return [];
  });
  const slips = [...description.files.values()].flatMap((file) =>
    typeof file === 'string' ? [] : file.slips,
  );
  return {
    title,
    declared,
    missing: missing.list(),
    findings: [...slips, ...walk.findings.list()],
  };
}

/** Why it would not load; `null` where it does. Variables have any value here. */
function refuse({ name, declaration }: Declared): string | null {
  const kind: Kind | undefined = KINDS.find((one) => one.kind === declaration['kind']);
  if (!kind) return 'it has no kind';
  try {
    kind.define(name, kind.schema.parse(declaration), ANY_ENVIRONMENT);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

const ANY_ENVIRONMENT = new Proxy<Record<string, string>>(
  {},
  { get: () => 'https://variable.example.com' },
);

function open({ root: file, files }: Description) {
  const findings = createFindings();
  const walk = { files, findings };
  const root: Place = { value: file.data, file, path: [] };
  const version = versionOf(root);
  if (version === null) {
    throw new BrokenFile(
      `${file.locate([])}: is no description: expected openapi: 3.x, or swagger: "2.0", at its beginning`,
    );
  }
  const title = textAt(walk, step(walk, root, 'info'), 'title');
  const catalogue = createCatalogue(walk, version, root);
  return { walk, version, root, title, prefix: toPrefix(title), catalogue };
}
