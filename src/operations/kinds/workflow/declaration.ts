// A workflow of somebody else as an operation: the schema of what people write under `operations` with `kind: workflow`.
import * as z from 'zod';
import { jsonValue } from '../../schema/json-value.ts';
import { commonFields } from '../common.ts';
import { pointerSchema } from '../http/exchange-declaration.ts';

const name = z.string().min(1).max(200);

/** What a workflow and an activity of others have in common. */
export const argumentsField = z
  .array(jsonValue)
  .max(32)
  .optional()
  .describe(
    'JSON templates of the arguments, at most 32. A string that is exactly `{field}` becomes the JSON value itself, inside a ' +
      'longer string it is inserted as text; `{longhaul.task_ref}` and `{longhaul.idempotency_key}` name the task. Default: the ' +
      'parameters as the one argument, or none where there are no parameters.',
  );

/** Which part of what came back is the result. */
export const resultField = pointerSchema
  .default('')
  .describe('JSON Pointer to the part of what comes back that is the result. Default: all of it.');

const valueSources = {
  query: name
    .optional()
    .describe('Name of a query without arguments. It needs a worker of the workflow.'),
  memo: name.optional().describe('Name of a field of the memo.'),
  searchAttribute: name.optional().describe('Name of a search attribute.'),
};

const isOne = (value: Readonly<Record<string, unknown>>): boolean =>
  ['query', 'memo', 'searchAttribute'].filter((key) => value[key] !== undefined).length === 1;

const ONE_SOURCE = 'expected one of query, memo and searchAttribute';

const progress = z
  .strictObject({
    ...valueSources,
    scale: z
      .union([z.literal(1), z.literal(100)])
      .default(1)
      .describe('What a number counts to: 1 for a fraction, 100 for percent. Default: 1.'),
  })
  .refine(isOne, ONE_SOURCE);

const ask = z
  .strictObject({
    signal: name.optional().describe('Name of the signal that takes the answer.'),
    update: name
      .optional()
      .describe(
        'Name of the update that takes the answer; where it rejects one, so does the call that brought it.',
      ),
    message: z.string().min(1).max(4096).describe('What is asked, for a person.'),
    schema: z
      .record(z.string(), jsonValue)
      .describe(
        'JSON Schema of the answer: a flat object of primitive properties. The answer is the one argument of the signal or update.',
      ),
    when: z
      .strictObject(valueSources)
      .refine(isOne, ONE_SOURCE)
      .describe(
        'Where the workflow says that it waits for the answer: `true`, or a text that stands in for the message.',
      ),
  })
  .refine(
    ({ signal, update }) => (signal === undefined) !== (update === undefined),
    'expected either signal or update',
  );

/** A workflow that workers of others run. */
export const workflowDeclarationSchema = z.strictObject({
  kind: z
    .literal('workflow')
    .describe('A workflow of your own workers: started or joined, followed, and ended with.'),
  ...commonFields,
  workflow: z
    .strictObject({
      type: name.describe('Workflow type.'),
      taskQueue: name.describe('Task queue that its workers poll.'),
      id: z
        .string()
        .min(1)
        .max(512)
        .optional()
        .describe(
          'Template of the workflow id, such as `order-{order_id}`. Default: made of the id of the task, so that each task has ' +
            'a workflow of its own.',
        ),
      args: argumentsField,
      onConflict: z
        .enum(['join', 'fail'])
        .default('fail')
        .describe(
          'What happens where a workflow of this id runs already: `join` follows it, unless another request of Longhaul has ' +
            'started it with other arguments; `fail` refuses. Default: `fail`.',
        ),
      namespace: name.optional().describe("Its namespace. Default: the profile's, or Longhaul's."),
      profile: name
        .optional()
        .describe(
          'Profile of `temporal.toml` with address, TLS and API key of its cluster. Default: where Longhaul itself is.',
        ),
      result: resultField,
    })
    .describe('What is started.'),
  cancel: z
    .enum(['request', 'terminate', 'leave'])
    .default('request')
    .describe(
      'What a cancel of the task does to the workflow: `request` asks it and follows it to its end, `terminate` ends it, `leave` ' +
        'lets it go on. Where the total time of the task runs out, the same is done, but to a workflow that was joined nothing. ' +
        'Default: `request`.',
    ),
  progress: progress
    .optional()
    .describe(
      'Where the workflow says how far it is: a number, a text, or `{ fraction, message }`. It is read when somebody asks for the ' +
        'task, at most once a second. Default: the heartbeat of the activity that it waits for.',
    ),
  asks: z
    .record(z.string(), ask)
    .default({})
    .describe(
      'Questions that the workflow waits to have answered, by key: while one is open, the task is `input_required`. Default: none.',
    ),
});

export type ParsedWorkflowDeclaration = z.output<typeof workflowDeclarationSchema>;
