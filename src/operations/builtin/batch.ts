// Many tasks of one operation as one: what the agent says of them. What it asks for is checked item by item by the code that starts it,
// who knows the operations.
import * as z from 'zod';
import { BATCH, MAX_ITEMS, MAX_ITEMS_AT_ONCE } from '../../contract/workflow/batch.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';
import { createOperation } from '../create.ts';
import type { BatchRequest, Operation } from '../operation.ts';
import { parseParameters } from '../schema/parse.ts';
import { toInputSchema, toOutputSchema } from '../schema/schema.ts';

/** Of an item's key: what a handle shows as it is, without the full stop that stands before it. */
const KEY = /^[A-Za-z0-9_~-]{1,64}$/;

/** As it came, numbers of any length included: only the operation of the item knows what it may be. */
const anyParameters = z.custom<JsonObject>(isJsonObject, 'expected an object').default({});

const item = z.strictObject({
  key: z
    .string()
    .regex(KEY, 'expected 1 to 64 letters, digits, "_", "~" and "-"')
    .optional()
    .describe('Names the item. Default: its number, from 0.'),
  parameters: anyParameters,
});

const input = z
  .strictObject({
    operation: z.string().describe('What to run, once for each item.'),
    items: z.array(item).min(1).max(MAX_ITEMS),
    concurrency: z
      .int()
      .min(1)
      .max(MAX_ITEMS_AT_ONCE)
      .default(10)
      .describe('Items that run at once.'),
    on_error: z
      .enum(['continue', 'stop'])
      .default('continue')
      .describe('stop: start nothing more after a failure.'),
  })
  .superRefine(({ items }, context) => {
    const known = new Set<string>();
    for (const [index, name] of items.map(toName).entries()) {
      if (known.has(name)) {
        const message = `two items are called ${name}`;
        context.addIssue({ code: 'custom', path: ['items', index, 'key'], message });
      }
      known.add(name);
    }
  });

const output = z.strictObject({
  total: z.int(),
  done: z.int(),
  failed: z.int(),
  not_started: z.int(),
  failures: z.array(z.looseObject({ item: z.string(), code: z.string() })),
  results: z
    .array(z.looseObject({ item: z.string(), task_ref: z.string() }))
    .describe('An item without result has a large one: read its task_ref.'),
});

const name = BATCH;
const inputSchema = toInputSchema(name, toShown());

/** `batch`: runs an operation for each of many parameters. */
export const batch: Operation = createOperation({
  name,
  description:
    'Runs one operation for up to 1000 items as one task, instead of a task for each. Every item is checked before anything starts; ' +
    'the result counts them and lists failures first.',
  inputSchema,
  outputSchema: toOutputSchema(name, output),
  policy: { totalTimeoutSeconds: 86_400 },
  idempotent: true,
  accept: (parameters) => {
    read(parameters);
    return {};
  },
  steps: { kind: 'batch', read },
});

function read(parameters: Json): BatchRequest {
  const { operation, items, concurrency, on_error } = parseParameters(
    name,
    input,
    inputSchema,
    parameters,
  );
  return {
    operation,
    items: items.map((item, index) => ({
      name: toName(item, index),
      parameters: item.parameters,
    })),
    concurrency: Math.min(concurrency, items.length),
    stopsOnError: on_error === 'stop',
  };
}

function toName({ key }: z.output<typeof item>, index: number): string {
  return key ?? String(index);
}

/** The same as JSON Schema can show it. */
function toShown(): z.ZodObject {
  const shown = item.extend({ parameters: z.looseObject({}).describe('As of the operation.') });
  return z.strictObject({ ...input.shape, items: z.array(shown).min(1).max(MAX_ITEMS) });
}
