// What happens once before all test files.
import { fileURLToPath } from 'node:url';
import { prepareWorkflowBundles } from './workflow-bundle.ts';

export default async function prepare(): Promise<void> {
  keepCompiledModules();
  await prepareWorkflowBundles();
}

/** Each process and each thread of a worker loads the same modules: what one has compiled, and stripped of types, the others read. */
function keepCompiledModules(): void {
  process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(
    new URL('../../../node_modules/.cache/longhaul/compiled', import.meta.url),
  );
}
