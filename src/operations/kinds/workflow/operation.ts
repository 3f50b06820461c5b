// From a declaration to an operation that is a workflow of somebody else.
import { OperationError } from '../../../contract/errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import { createOperation } from '../../create.ts';
import { checkQuestions } from '../../input/questions.ts';
import type { Operation } from '../../operation.ts';
import type { TargetReading, ValueSource } from '../../targets.ts';
import { at, readCommon } from '../common.ts';
import { checkRequired } from '../template/fields.ts';
import { renderText } from '../template/render.ts';
import { fieldsOf, parseTemplate } from '../template/template.ts';
import { checkTemplate, parseArguments, takeResult } from './arguments.ts';
import type { ParsedWorkflowDeclaration } from './declaration.ts';

/** A week, and ten minutes: a workflow may take days, and its worker may be in the middle of a deploy. */
const USUAL = { totalTimeoutSeconds: 604_800, queueTimeoutSeconds: 600 };

/** Longest workflow id, in bytes. Source: the SQL schemas of Temporal. */
const ID_BYTES = 255;

/** @throws {TypeError} when the declaration cannot be used; the message says why */
export function createWorkflow(name: string, declared: ParsedWorkflowDeclaration): Operation {
  const { workflow, cancel } = declared;
  const { parse, parseResult, acceptWith, ...parts } = readCommon(name, declared);
  const { inputSchema } = parts;
  const render = at(name, 'workflow.args', () => parseArguments(workflow.args, inputSchema));
  const toId = at(name, 'workflow.id', () => parseId(workflow, inputSchema));
  const { type, taskQueue, namespace, profile } = workflow;
  const work = { type, taskQueue };
  const place = {
    ...(namespace !== undefined && { namespace }),
    ...(profile !== undefined && { profile }),
  };
  return createOperation({
    ...parts,
    policy: withUsual(declared.policy),
    // A start is known by its request id: repeated, it finds what it has started.
    idempotent: true,
    accept: acceptWith((parsed) => void toId?.(parsed)),
    steps: {
      kind: 'workflow',
      place,
      work,
      plan: (parameters, { workflowId, ...names }) => {
        const parsed = parse(parameters);
        return {
          ...place,
          ...{ ...work, joins: workflow.onConflict === 'join' },
          workflowId: toId?.(parsed) ?? `${workflowId}:${name}`,
          args: render(parsed, names),
        };
      },
      toResult: (result) => parseResult(takeResult(workflow.result, result)),
      cancel,
      reading: at(name, 'asks', () => toReading(declared)),
    },
  });
}

function withUsual(
  policy: ParsedWorkflowDeclaration['policy'],
): NonNullable<ParsedWorkflowDeclaration['policy']> {
  const total = policy?.totalTimeoutSeconds ?? USUAL.totalTimeoutSeconds;
  const queueTimeoutSeconds = Math.min(USUAL.queueTimeoutSeconds, total);
  return { ...USUAL, queueTimeoutSeconds, ...policy };
}

function parseId(
  { id, onConflict }: ParsedWorkflowDeclaration['workflow'],
  inputSchema: JsonObject,
): ((parameters: Json) => string) | null {
  if (id === undefined) return null;
  const template = parseTemplate(id);
  checkTemplate(template, inputSchema);
  const paths = fieldsOf(template);
  for (const path of paths) checkRequired(inputSchema, path, 'the workflow id');
  const { properties } = inputSchema;
  const takesSome = isJsonObject(properties) && Object.keys(properties).length > 0;
  if (paths.length === 0 && takesSome && onConflict === 'join') {
    throw new TypeError(
      'every request would join the same workflow, whatever its parameters; name a field such as {order_id}',
    );
  }
  return (parameters) => {
    const rendered = renderText(template, { fields: parameters, secrets: new Map() }) ?? '';
    const bytes = Buffer.byteLength(rendered);
    if (bytes > 0 && bytes <= ID_BYTES) return rendered;
    throw new OperationError(
      'INVALID_PARAMETERS',
      `parameters: the workflow id that they make (${id}) has ${bytes} bytes; expected 1 to ${ID_BYTES}`,
    );
  };
}

function toReading({ progress, asks }: ParsedWorkflowDeclaration): TargetReading {
  const asked = Object.entries(asks).map(([key, { message, schema, signal, update, when }]) => {
    const send = update === undefined ? { signal: signal ?? '' } : { update };
    return [key, { message, schema, send, when: toSource(when) }] as const;
  });
  const requests = asked.map(([key, { message, schema }]) => [
    key,
    { message, requestedSchema: schema },
  ]);
  if (requests.length > 0) checkQuestions(Object.fromEntries(requests));
  return {
    progress: {
      from: progress ? toSource(progress) : 'heartbeat',
      scale: progress?.scale ?? 1,
    },
    asks: Object.fromEntries(asked),
  };
}

function toSource({
  query,
  memo,
  searchAttribute,
}: Partial<Record<'query' | 'memo' | 'searchAttribute', string | undefined>>): ValueSource {
  if (query !== undefined) return { query };
  return memo !== undefined ? { memo } : { searchAttribute: searchAttribute ?? '' };
}
