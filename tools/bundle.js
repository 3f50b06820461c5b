// Bundles the workflows of the build, so that a worker starts without webpack: once plain, and once with what watches
// them. A bundle belongs to the exact version of @temporalio/worker that made it.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath, URL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const at = (/** @type {string} */ path) =>
  fileURLToPath(new URL(`../dist/${path}`, import.meta.url));

const names = at('workflows/task/name-activities.js');

/** @type {[string, string[]][]} */
const bundles = [
  ['workflow-bundle.js', [names]],
  ['workflow-bundle-observed.js', [names, at('workflows/observed/interceptors.js')]],
];
const workflowsPath = at('workflows/index.js');
for (const [name, workflowInterceptorModules] of bundles) {
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    // Each workflow would load these modules anew; none of them holds anything of a workflow.
    preloadModules: [workflowsPath, ...workflowInterceptorModules],
    payloadConverterPath: at('workflows/payload-converter.js'),
    failureConverterPath: at('workflows/failure-converter.js'),
    workflowInterceptorModules,
    logger: new DefaultLogger('WARN'),
  });
  await writeFile(at(name), code);
}
