// The workflows, bundled once for all tests. Bundling takes seconds of a processor, so each bundle is kept under a hash of all that goes
// into it. Invariant: a file of the cache is whole or absent, however many runs make it at once.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** A bundle, as a worker wants it. */
export interface WorkflowBundle {
  readonly codePath: string;
}

const WORKFLOWS = 'workflows/index.ts';
const NAMES = 'workflows/task/name-activities.ts';

/** Where the global setup puts the paths of the bundles for the test files, and what each has beside the workflows. */
const PREPARED = {
  LONGHAUL_TEST_WORKFLOWS: [NAMES],
  LONGHAUL_TEST_OBSERVED_WORKFLOWS: [NAMES, 'workflows/observed/interceptors.ts'],
};

/** The bundle of a worker without an observer. */
export function workflowBundle(): WorkflowBundle {
  return findPrepared('LONGHAUL_TEST_WORKFLOWS');
}

/** The bundle of a worker with an observer. */
export function observedWorkflowBundle(): WorkflowBundle {
  return findPrepared('LONGHAUL_TEST_OBSERVED_WORKFLOWS');
}

function findPrepared(variable: keyof typeof PREPARED): WorkflowBundle {
  const codePath = process.env[variable];
  if (codePath === undefined) throw new Error('the global setup of Jest did not run');
  return { codePath };
}

/** Makes the bundles, and says where they are in the environment. */
export async function prepareWorkflowBundles(): Promise<void> {
  for (const [variable, interceptors] of Object.entries(PREPARED)) {
    process.env[variable] = (await bundleWorkflows(WORKFLOWS, interceptors)).codePath;
  }
}

/** Bundles a file of workflows, unless it was done for the same sources; the paths are relative to the project. */
export async function bundleWorkflows(
  path: string,
  interceptors: readonly string[] = [],
): Promise<WorkflowBundle> {
  const directory = join(root, 'node_modules/.cache/longhaul');
  const codePath = join(directory, `workflows-${await hashSources(path, interceptors)}.js`);
  if (existsSync(codePath)) return { codePath };
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
  await mkdir(directory, { recursive: true });
  await writeFile(`${codePath}.${process.pid}`, code);
  await rename(`${codePath}.${process.pid}`, codePath);
  return { codePath };
}

/** A bundle belongs to its sources and to the exact version of the SDK, which stands in the lock file. */
async function hashSources(path: string, interceptors: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(interceptors));
  for (const folder of ['workflows', 'src/contract']) {
    const names = await readdir(join(root, folder), { recursive: true });
    for (const name of names.filter((name) => name.endsWith('.ts')).sort())
      hash.update(await readFile(join(root, folder, name)));
  }
  for (const file of [path, 'package-lock.json']) hash.update(await readFile(join(root, file)));
  return hash.digest('hex').slice(0, 32);
}
