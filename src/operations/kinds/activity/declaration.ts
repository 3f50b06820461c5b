// An activity of somebody else as an operation: the schema of what people write under `operations` with `kind: activity`.
import * as z from 'zod';
import { commonFields } from '../common.ts';
import { argumentsField, resultField } from '../workflow/declaration.ts';

const name = z.string().min(1).max(200);

/** Temporal schedules an activity in the namespace of the workflow that it belongs to, and that is Longhaul's. */
const elsewhere = z
  .never(
    'expected nothing here: an activity is scheduled in the namespace of Longhaul; for another one, declare `kind: workflow` ' +
      'with a workflow there that runs it',
  )
  .optional()
  .describe(
    'Not available: an activity is scheduled in the namespace of Longhaul. For another one, declare `kind: workflow` with a ' +
      'workflow there that runs it.',
  );

/** An activity that workers of others run. */
export const activityDeclarationSchema = z.strictObject({
  kind: z
    .literal('activity')
    .describe('An activity of your own workers: each attempt of the task is one.'),
  ...commonFields,
  idempotent: z
    .boolean()
    .default(false)
    .describe('Whether an attempt that vanished with its worker may run again. Default: false.'),
  activity: z
    .strictObject({
      type: name.describe('Activity type.'),
      taskQueue: name.describe('Task queue that its workers poll, in the namespace of Longhaul.'),
      args: argumentsField,
      result: resultField,
      namespace: elsewhere,
      profile: elsewhere,
    })
    .describe('What is scheduled.'),
});

export type ParsedActivityDeclaration = z.output<typeof activityDeclarationSchema>;
