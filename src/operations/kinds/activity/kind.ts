// The kind `activity`: an activity that workers of others run.
import type { Kind } from '../kind.ts';
import { activityDeclarationSchema } from './declaration.ts';
import { createActivity } from './operation.ts';

export const activity: Kind<typeof activityDeclarationSchema> = {
  kind: 'activity',
  schema: activityDeclarationSchema,
  example: `// An activity of your own workers, in any language: six lines of Python are an operation.
transcribe: {
  kind: 'activity',
  description: 'Transcribes a recording on the GPU workers. Takes one to ten minutes.',
  input: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
  activity: { type: 'transcribe', taskQueue: 'gpu' },
},`,
  define: createActivity,
};
