// Loads a configuration as the command line does: in a Node of its own, without the test runner's module system.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What of a loaded configuration survives the way back. */
export interface LoadedInNode {
  readonly port: number;
  readonly operations: readonly { readonly name: string; readonly kind: 'run' | 'job' }[];
  /** What Node wrote to stderr: warnings, if any. */
  readonly stderr: string;
}

const source = (name: string) =>
  JSON.stringify(new URL(`../../src/config/load/${name}.ts`, import.meta.url).href);

const SCRIPT = `
  import { loadConfig } from ${source('load')};
  import { registerModuleResolution } from ${source('module-resolution')};
  registerModuleResolution();
  const { server, operations } = await loadConfig({ workingDirectory: process.cwd(), env: {} });
  console.log(JSON.stringify({
    port: server.port,
    operations: operations.map(({ name, steps: { kind } }) => ({ name, kind })),
  }));`;

/** Loads the configuration that is in force in a folder. */
export async function loadInNode(directory: string): Promise<LoadedInNode> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', SCRIPT],
    { cwd: directory },
  );
  return { ...(JSON.parse(stdout) as Omit<LoadedInNode, 'stderr'>), stderr };
}
