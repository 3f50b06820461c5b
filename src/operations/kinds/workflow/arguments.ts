// The arguments of workflows and activities of others: templates over the parameters and the names of the task.
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import { resolvePointer } from '../../../contract/json/pointer.ts';
import type { TaskNames } from '../../../contract/workflow/target.ts';
import { checkField } from '../template/fields.ts';
import { parseJsonTemplate } from '../template/json-template.ts';
import { fieldsOf, type Template } from '../template/template.ts';

/** The one field beside the parameters. */
const TASK = 'longhaul';

const NO_SECRETS = new Map<string, string>();

export type RenderArguments = (parameters: Json, names: TaskNames) => readonly Json[];

/**
 * Reads the templates of arguments; without any, the parameters are the one argument.
 *
 * @throws {TypeError} when a template cannot be used
 */
export function parseArguments(
  templates: readonly Json[] | undefined,
  inputSchema: JsonObject,
): RenderArguments {
  if (!templates) {
    const properties = inputSchema['properties'];
    const isEmpty = isJsonObject(properties) && Object.keys(properties).length === 0;
    return isEmpty ? () => [] : (parameters) => [parameters];
  }
  const args = templates.map((template) => parseJsonTemplate(template));
  const known = addTaskNames(inputSchema);
  for (const template of args.flatMap(({ templates }) => templates)) checkTemplate(template, known);
  return (parameters, names) => {
    const fields = { ...(parameters as JsonObject), [TASK]: { ...names } };
    // Later arguments keep their places: what is absent is null.
    return args.map(({ render }) => render({ fields, secrets: NO_SECRETS }) ?? null);
  };
}

/**
 * Checks a template of something that stands in a history.
 *
 * @throws {TypeError} when it names a secret, or a field that the input does not have
 */
export function checkTemplate(template: Template, inputSchema: JsonObject): void {
  for (const path of fieldsOf(template)) checkField(inputSchema, path);
  if (template.some(({ kind }) => kind === 'secret')) {
    throw new TypeError('it stands in the history of a workflow; a secret has no place in it');
  }
}

function addTaskNames(inputSchema: JsonObject): JsonObject {
  const { properties } = inputSchema;
  if (!isJsonObject(properties)) return inputSchema;
  if (TASK in properties) {
    throw new TypeError(
      `{${TASK}.task_ref} names the task; give the parameter ${TASK} another name`,
    );
  }
  const text = { type: 'string' };
  const names = { properties: { task_ref: text, idempotency_key: text } };
  return {
    ...inputSchema,
    properties: { ...properties, [TASK]: { ...names, additionalProperties: false } },
  };
}

/** The part of what came back that a pointer names. Fails with `OUTCOME_UNKNOWN`. */
export function takeResult(pointer: string, whole: Json): Json {
  const part = resolvePointer(whole, pointer);
  if (part !== undefined) return part;
  throw new OperationError(
    'OUTCOME_UNKNOWN',
    `it ended well, but what came back has nothing at ${pointer}; correct \`result\` of the operation`,
  );
}
