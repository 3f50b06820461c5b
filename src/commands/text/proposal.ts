// Operations that are proposed for the workflows that run already, as YAML for people to correct.
import { stringify } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { cut } from '../../contract/text.ts';
import { guessSchema } from '../../operations/schema/guess.ts';
import type { Place } from '../../contract/workflow/target.ts';
import type { WorkflowTypeUse } from '../../temporal/operator/workflow-types.ts';

export interface ProposalOptions extends Place {
  /** By workflow type the JSON Schema of its argument, or a list of one for each argument, where there is one. */
  readonly schemas: JsonObject;
  /** Whether arguments are printed. */
  readonly showsSamples: boolean;
}

/** The group `operations` of a configuration. */
export function toProposal(uses: readonly WorkflowTypeUse[], options: ProposalOptions): string {
  if (uses.length === 0) return '# No workflow beside those of Longhaul was found.';
  const names = new Set<string>();
  const entries = uses.map((use) => {
    const own = toName(use.type);
    let name = own;
    for (let time = 2; names.has(name); time += 1) name = `${own}_${time}`;
    names.add(name);
    return toEntry(name, use, options);
  });
  const missing = Object.keys(options.schemas)
    .filter((type) => uses.every((use) => use.type !== type))
    .map((type) => `  # No execution of ${toLine(type)} was found: nothing is proposed for it.`);
  return ['operations:', ...entries, ...missing].join('\n');
}

function toEntry(name: string, use: WorkflowTypeUse, options: ProposalOptions): string {
  const { type, taskQueue, count, samples } = use;
  const { schemas, showsSamples, namespace, profile } = options;
  const declared = schemas[type];
  const { input, args } = declared === undefined ? guessInput(samples) : toInput(declared, samples);
  const from =
    declared === undefined
      ? `the input schema is GUESSED from ${samples.length} samples: correct it`
      : 'the input schema is as given';
  const declaration = {
    kind: 'workflow',
    description: 'TO DO: what it does, when to use it, how long it takes.',
    input,
    workflow: {
      ...{ type, taskQueue },
      ...(namespace !== undefined && { namespace }),
      ...(profile !== undefined && { profile }),
      ...(args && { args }),
    },
  };
  const comments = [
    `${count} executions on the task queue ${taskQueue}; ${from}`,
    ...(showsSamples
      ? samples.map((sample) => `sample: ${cut(JSON.stringify(sample), 500, ' …')}`)
      : []),
  ];
  const text = stringify({ [name]: declaration }, { lineWidth: 0 });
  return [...comments.map((line) => `# ${toLine(line)}`), ...text.trimEnd().split('\n')]
    .map((line) => `  ${line}`)
    .join('\n');
}

function toLine(text: string): string {
  return text.replaceAll(/[\r\n]+/g, ' ');
}

type Samples = readonly (readonly Json[])[];

interface ProposedInput {
  readonly input: JsonObject;
  readonly args?: readonly string[];
}

/** One object is the parameters as they are; anything else gets a parameter for each argument. */
function guessInput(samples: Samples): ProposedInput {
  if (takesOneObject(samples)) return { input: guessSchema(samples.map(([only]) => only ?? null)) };
  const count = Math.max(0, ...samples.map(({ length }) => length));
  const args = Array.from({ length: count }, (_, index) =>
    guessSchema(samples.map((sample) => sample[index] ?? null)),
  );
  return count > 0 ? toParameters(args) : { input: { type: 'object', properties: {} } };
}

/** An object whose properties are as many as the arguments that were seen names these, in order. */
function toInput(declared: Json, samples: Samples): ProposedInput {
  if (!isJsonObject(declared)) return toParameters(declared as readonly Json[]);
  if (declared['type'] !== 'object') return toParameters([declared]);
  const { properties } = declared;
  const names = isJsonObject(properties) ? Object.keys(properties) : [];
  const areArguments =
    samples.length > 0 &&
    !takesOneObject(samples) &&
    samples.every(({ length }) => length === names.length);
  return { input: declared, ...(areArguments && { args: names.map(toField) }) };
}

function takesOneObject(samples: Samples): boolean {
  return (
    samples.length > 0 &&
    samples.every(([only, ...others]) => isJsonObject(only) && others.length === 0)
  );
}

function toParameters(schemas: readonly Json[]): ProposedInput {
  const properties = schemas.map((schema, index) => [`argument_${index + 1}`, schema] as const);
  return {
    input: { type: 'object', properties: Object.fromEntries(properties) },
    args: properties.map(([name]) => toField(name)),
  };
}

const toField = (name: string): string => `{${name}}`;

/** `ProcessOrder` as `process_order`. */
function toName(type: string): string {
  const words = type
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .toLowerCase();
  const name = /^[a-z]/.test(words) ? words : `workflow_${words}`;
  return name.slice(0, 60);
}
