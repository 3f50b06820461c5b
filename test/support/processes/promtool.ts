// Prometheus's own engine, as far as it is on this machine.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Where promtool is; `null` on a machine without Go, which could not build it. */
export function findPromtool(): string | null {
  const program = fileURLToPath(new URL('../../../tools/promtool.js', import.meta.url));
  const path = execFileSync(process.execPath, [program, '--prepared'], { encoding: 'utf8' }).trim();
  return path === '' ? null : path;
}

/** Runs a file of tests; what it printed when one of them failed, and nothing when all passed. */
export function runRuleTests(promtool: string, file: string): string {
  return run(promtool, ['test', 'rules', file]);
}

/** Checks a configuration of Prometheus with the rules that it names; what is wrong, and nothing when all is well. */
export function checkConfig(promtool: string, file: string): string {
  return run(promtool, ['check', 'config', file]);
}

function run(promtool: string, args: readonly string[]): string {
  try {
    execFileSync(promtool, args, { stdio: 'pipe', encoding: 'utf8' });
    return '';
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout?: string; readonly stderr?: string };
    return `${stdout ?? ''}${stderr ?? ''}` || String(error);
  }
}
