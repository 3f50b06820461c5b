// `longhaul import workflows`: proposes an operation for each workflow type that runs in a namespace.
import { readFile } from 'node:fs/promises';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { withTemporal } from '../assembly/with-temporal.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';
import { createPlaces } from '../temporal/follow/places.ts';
import { findWorkflowTypes } from '../temporal/operator/workflow-types.ts';
import { toProposal } from './text/proposal.ts';

export interface ImportFlags extends Flags {
  readonly namespace?: string;
  readonly profile?: string;
  /** A JSON file: by workflow type the JSON Schema of its argument, or a list of one for each argument. */
  readonly from?: string;
  /** Whether arguments are printed. */
  readonly samples?: boolean;
}

export async function importWorkflows(
  context: CommandContext,
  flags: ImportFlags,
): Promise<ExitCode> {
  const schemas = flags.from === undefined ? {} : await readSchemas(flags.from);
  return withTemporal(context, flags, 'import', async ({ temporal }) => {
    await using places = createPlaces(temporal.connected, context.env);
    const place = {
      ...(flags.namespace !== undefined && { namespace: flags.namespace }),
      ...(flags.profile !== undefined && { profile: flags.profile }),
    };
    const uses = await findWorkflowTypes(await places.open(place));
    const proposal = toProposal(uses, { ...place, schemas, showsSamples: flags.samples ?? false });
    context.stdout.write(`${proposal}\n`);
    return EXIT.ok;
  });
}

async function readSchemas(file: string): Promise<JsonObject> {
  try {
    const schemas: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (isJsonObject(schemas) && Object.values(schemas).every(isOneOrMore)) return schemas;
  } catch (error) {
    throw new UsageError(`--from ${file}: ${(error as Error).message}`);
  }
  throw new UsageError(
    `--from ${file}: expected an object that has, by workflow type, a JSON Schema or a list of one for each argument`,
  );
}

/** Whether these are schemas, or a list of some. */
function isOneOrMore(schemas: Json): boolean {
  return Array.isArray(schemas) ? schemas.every(isJsonObject) : isJsonObject(schemas);
}
