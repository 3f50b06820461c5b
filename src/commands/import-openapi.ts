// `longhaul import openapi`: operations of a description as a configuration to correct, or what it offers.
import { stringify } from 'yaml';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';
import { parseWebUrl } from '../contract/web-url.ts';
import {
  BrokenFile,
  listOffered,
  readDescription,
  takeOperations,
  toConfiguration,
  type Finding,
  type Offered,
} from '../openapi/index.ts';

export interface OpenapiFlags {
  readonly include?: readonly string[];
  readonly server?: string;
  /** Whether an entry is printed that takes the operations from the description itself. */
  readonly live?: boolean;
}

/** Findings that are printed. */
const SHOWN = 50;

/** Prints YAML; what is wrong with the description goes to stderr. */
export async function importOpenapi(
  { stdout, stderr, workingDirectory }: CommandContext,
  location: string,
  { include, server, live }: OpenapiFlags,
): Promise<ExitCode> {
  if (server !== undefined && !/^\$\{env:\w+\}/.test(server) && !parseWebUrl(server)) {
    throw new UsageError(`import openapi: --server: expected an http or https URL, got ${server}`);
  }
  if (live && (!include || parseWebUrl(location))) {
    throw new UsageError(
      'import openapi: --live goes with --include, and a file: save the description first',
    );
  }
  try {
    const description = await readDescription(location, workingDirectory);
    if (!include) {
      stdout.write(toList(listOffered(description), location));
      return EXIT.ok;
    }
    const { declared, findings, missing, title } = takeOperations(description, { include, server });
    stderr.write(toLines([...missing, ...findings]));
    if (declared.length === 0) {
      throw new UsageError(
        'import openapi: nothing was imported; without --include it lists what there is',
      );
    }
    if (live) {
      const named = { openapi: location, hash: description.hash, include };
      const entry = { ...named, ...(server !== undefined && { server }) };
      stdout.write(stringify({ operations: [entry] }, { lineWidth: 0 }));
      return EXIT.ok;
    }
    stdout.write(
      toConfiguration(
        declared,
        `${title}, from ${location}; look at what is guessed, and try it: longhaul try NAME`,
      ),
    );
    return EXIT.ok;
  } catch (error) {
    if (error instanceof BrokenFile) throw new UsageError(`import openapi: ${error.message}`);
    throw error;
  }
}

function toLines(findings: readonly Finding[]): string {
  const shown = findings.slice(0, SHOWN).map(({ source, message }) => `${source}: ${message}\n`);
  const more = findings.length - shown.length;
  return shown.join('') + (more > 0 ? `and ${more} more\n` : '');
}

/** A line for each, as comments: where a file was expected, it stays one that says nothing. */
function toList(offered: readonly Offered[], location: string): string {
  const width = Math.max(0, ...offered.map(({ name }) => name.length));
  const lines = offered.map(({ name, method, path, isJob, summary }) =>
    `# ${name.padEnd(width)}  ${isJob ? 'job' : '   '}  ${method} ${path}  ${summary}`.trimEnd(),
  );
  return [
    ...lines,
    `# ${offered.length} operations. Choose: longhaul import openapi ${location} --include NAME`,
    '',
  ].join('\n');
}
