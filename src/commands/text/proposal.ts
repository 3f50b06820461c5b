// Operations that are proposed for the workflows that run already, as YAML for people to correct.
import { stringify } from 'yaml';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { cut } from '../../contract/text.ts';
import { guessSchema } from '../../operations/schema/guess.ts';
import type { Place } from '../../contract/workflow/target.ts';
import type { WorkflowTypeUse } from '../../temporal/operator/workflow-types.ts';

export interface ProposalOptions extends Place {
  /** JSON Schema of the input by workflow type, where there is one. */
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
  return ['operations:', ...entries].join('\n');
}

function toEntry(name: string, use: WorkflowTypeUse, options: ProposalOptions): string {
  const { type, taskQueue, count, samples } = use;
  const { schemas, showsSamples, namespace, profile } = options;
  const declared = schemas[type];
  const { input, args } = isJsonObject(declared) ? { input: declared } : guessInput(samples);
  const from = isJsonObject(declared)
    ? 'the input schema is as given'
    : `the input schema is GUESSED from ${samples.length} samples: correct it`;
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
  return [
    ...comments.map((line) => `# ${line.replaceAll(/[\r\n]+/g, ' ')}`),
    ...text.trimEnd().split('\n'),
  ]
    .map((line) => `  ${line}`)
    .join('\n');
}

/** One object is the parameters as they are; anything else gets a parameter for each argument. */
function guessInput(samples: readonly (readonly Json[])[]): {
  readonly input: JsonObject;
  readonly args?: readonly string[];
} {
  const isOneObject = samples.every(
    ([only, ...others]) => isJsonObject(only) && others.length === 0,
  );
  if (samples.length > 0 && isOneObject)
    return { input: guessSchema(samples.map(([only]) => only ?? null)) };
  const count = Math.max(0, ...samples.map(({ length }) => length));
  const names = Array.from({ length: count }, (_, index) => `argument_${index + 1}`);
  const properties = names.map((name, index) => [
    name,
    guessSchema(samples.map((sample) => sample[index] ?? null)),
  ]);
  return {
    input: { type: 'object', properties: Object.fromEntries(properties) as JsonObject },
    ...(count > 0 && { args: names.map((name) => `{${name}}`) }),
  };
}

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
