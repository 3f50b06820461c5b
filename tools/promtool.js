// Builds `promtool`, Prometheus's runner of tests for alert rules, into the cache, from its Go module: no package registry
// has the program itself. What finds targets in clouds is left out. Prints where the program is; `--prepared` builds nothing.
// Invariants: a directory of the cache is whole or absent; on a machine without Go it says so, and nothing else fails for it.
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { environment } from './environment.js';

const project = join(import.meta.dirname, 'promtool');
const version = /prometheus\/prometheus v0\.(\S+)/.exec(
  readFileSync(join(project, 'go.mod'), 'utf8'),
)?.[1];
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');

const promtool = join(cache, `promtool-${version}`, 'promtool');

const PACKAGE = 'github.com/prometheus/prometheus/cmd/promtool';

function prepare() {
  try {
    execFileSync('go', ['version'], { env: environment(), stdio: 'ignore' });
  } catch {
    process.stderr.write('The alert rules are not tested: that needs Go, to build promtool.\n');
    return;
  }
  process.stderr.write(`Building promtool ${version} with Go: a few minutes, once ...\n`);
  mkdirSync(cache, { recursive: true });
  const directory = mkdtempSync(join(cache, 'promtool.'));
  try {
    for (const file of ['go.mod', 'go.sum'])
      copyFileSync(join(project, file), join(directory, file));
    const flags = ['-tags', 'remove_all_sd,netgo,builtinassets', '-trimpath', '-ldflags', '-s -w'];
    execFileSync('go', ['build', ...flags, '-o', join(directory, 'promtool'), PACKAGE], {
      cwd: directory,
      env: environment({ CGO_ENABLED: '0', GOWORK: 'off', GOFLAGS: '' }),
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    for (const file of ['go.mod', 'go.sum']) rmSync(join(directory, file));
    if (!existsSync(promtool)) renameSync(directory, join(promtool, '..'));
  } catch {
    process.stderr.write('The alert rules are not tested: promtool could not be built.\n');
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

if (!existsSync(promtool) && process.argv[2] !== '--prepared') prepare();
if (existsSync(promtool)) process.stdout.write(`${promtool}\n`);
