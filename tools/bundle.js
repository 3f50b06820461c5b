// Bundles the workflows of the build, so that a worker starts without webpack. The bundle belongs to the exact version
// of @temporalio/worker that made it.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath, URL } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const { code } = await bundleWorkflowCode({
  workflowsPath: fileURLToPath(new URL('../dist/workflows/index.js', import.meta.url)),
  failureConverterPath: fileURLToPath(
    new URL('../dist/workflows/failure-converter.js', import.meta.url),
  ),
  logger: new DefaultLogger('WARN'),
});
await writeFile(new URL('../dist/workflow-bundle.js', import.meta.url), code);
