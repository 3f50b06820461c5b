// The kind `workflow`: a workflow that workers of others run.
import type { Kind } from '../kind.ts';
import { workflowDeclarationSchema } from './declaration.ts';
import { createWorkflow } from './operation.ts';

export const workflow: Kind<typeof workflowDeclarationSchema> = {
  kind: 'workflow',
  schema: workflowDeclarationSchema,
  example: `// A workflow of your own workers, in any language: started, followed, and ended with.
process_order: {
  kind: 'workflow',
  description: 'Processes an order; asks for approval above 1,000. Takes minutes to days.',
  input: {
    type: 'object',
    properties: { order_id: { type: 'string' } },
    required: ['order_id'],
  },
  workflow: {
    type: 'ProcessOrder',
    taskQueue: 'orders',
    id: 'order-{order_id}',
    args: ['{order_id}'],
    onConflict: 'join',
  },
  progress: { query: 'progress' },
  asks: {
    approval: {
      signal: 'approve',
      message: 'Approve the order?',
      schema: { type: 'object', properties: { approved: { type: 'boolean' } } },
      when: { query: 'awaiting_approval' },
    },
  },
},`,
  define: createWorkflow,
};
