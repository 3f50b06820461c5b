// Builds a Go program into the cache, from a module with pinned sums, and prints where it is; `--prepared` builds nothing.
// Invariants: a directory of the cache is whole or absent; on a machine without Go it says so, and nothing else fails for it.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { environment } from './environment.js';

const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');

/**
 * @typedef {object} GoProgram
 * @property {string} name what the program is called
 * @property {string} version another one is built anew
 * @property {string} folder of `go.mod`, `go.sum` and of what is compiled beside them
 * @property {string} package what is compiled
 * @property {readonly string[]} flags of `go build`
 * @property {string} without what a machine does without that cannot build it
 */

/** Builds it, unless it is there or only asked for, and prints its path. */
export function provideGoProgram(/** @type {GoProgram} */ { name, version, ...source }) {
  const program = join(cache, `${name}-${version}`, name);
  if (!existsSync(program) && process.argv[2] !== '--prepared')
    build({ name, version, ...source }, program);
  if (existsSync(program)) process.stdout.write(`${program}\n`);
}

function build(/** @type {GoProgram} */ source, /** @type {string} */ program) {
  const { name, version, folder, without } = source;
  try {
    execFileSync('go', ['version'], { env: environment(), stdio: 'ignore' });
  } catch {
    process.stderr.write(`${without}: that needs Go, to build ${name}.\n`);
    return;
  }
  process.stderr.write(`Building ${name} ${version} with Go: a few minutes, once ...\n`);
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, `${name}.`));
  try {
    const module = join(directory, 'module');
    cpSync(folder, module, { recursive: true });
    const flags = [...source.flags, '-trimpath', '-ldflags', '-s -w'];
    const out = join(directory, name);
    execFileSync('go', ['build', ...flags, '-o', out, source.package], {
      cwd: module,
      env: environment({ CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' }),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    rmSync(module, { recursive: true });
    if (!existsSync(program)) renameSync(directory, join(program, '..'));
  } catch {
    process.stderr.write(`${without}: ${name} could not be built.\n`);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
