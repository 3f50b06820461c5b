// Workflows and activities of others, declared as in a configuration.
import type * as z from 'zod';
import { activityDeclarationSchema } from '../../../src/operations/kinds/activity/declaration.ts';
import { createActivity } from '../../../src/operations/kinds/activity/operation.ts';
import { parseDeclaration } from '../../../src/operations/kinds/common.ts';
import { workflowDeclarationSchema } from '../../../src/operations/kinds/workflow/declaration.ts';
import { createWorkflow } from '../../../src/operations/kinds/workflow/operation.ts';
import type { Operation } from '../../../src/operations/operation.ts';

export type ActivityDeclaration = z.input<typeof activityDeclarationSchema>;
export type WorkflowDeclaration = z.input<typeof workflowDeclarationSchema>;

export function defineActivity(name: string, declaration: ActivityDeclaration): Operation {
  return createActivity(name, parseDeclaration(name, activityDeclarationSchema, declaration));
}

export function defineWorkflow(name: string, declaration: WorkflowDeclaration): Operation {
  return createWorkflow(name, parseDeclaration(name, workflowDeclarationSchema, declaration));
}
