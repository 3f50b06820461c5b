// The workflows, bundled once for all tests. Bundling takes seconds, so the bundle is kept under a hash of all that goes
// into it. Invariant: a file of the cache is whole or absent, however many runs make it at once.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where the global setup puts the path of the bundle for the test files. */
const VARIABLE = 'LONGHAUL_TEST_WORKFLOW_BUNDLE';

/** The bundle, as a worker wants it. */
export function workflowBundle(): { readonly codePath: string } {
  const codePath = process.env[VARIABLE];
  if (codePath === undefined) throw new Error('the global setup of Jest did not run');
  return { codePath };
}

/** Bundles the workflows, unless it was done for the same sources, and says where in the environment. */
export async function prepareWorkflowBundle(): Promise<void> {
  const directory = join(root, 'node_modules/.cache/longhaul');
  const codePath = join(directory, `workflows-${await hashSources()}.js`);
  if (!existsSync(codePath)) {
    const code = await bundleWorkflows('workflows/index.ts');
    await mkdir(directory, { recursive: true });
    await writeFile(`${codePath}.${process.pid}`, code);
    await rename(`${codePath}.${process.pid}`, codePath);
  }
  process.env[VARIABLE] = codePath;
}

/** Bundles a file of workflows, with what is to watch them; the paths are relative to the project. */
export async function bundleWorkflows(
  path: string,
  interceptors: readonly string[] = [],
): Promise<string> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const workflowsPath = join(root, path);
  const workflowInterceptorModules = interceptors.map((module) => join(root, module));
  const { code } = await bundleWorkflowCode({
    workflowsPath,
    workflowInterceptorModules,
    preloadModules: [workflowsPath, ...workflowInterceptorModules],
    payloadConverterPath: join(root, 'workflows/payload-converter.ts'),
    failureConverterPath: join(root, 'workflows/failure-converter.ts'),
    logger: new DefaultLogger('WARN'),
  });
  return code;
}

/** A bundle belongs to its sources and to the exact version of the SDK, which stands in the lock file. */
async function hashSources(): Promise<string> {
  const hash = createHash('sha256');
  for (const folder of ['workflows', 'src/contract']) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((name) => name.endsWith('.ts')).sort())
      hash.update(await readFile(join(root, folder, name)));
  }
  hash.update(await readFile(join(root, 'package-lock.json')));
  return hash.digest('hex').slice(0, 32);
}
