// Puts a virtual environment for each Python example into the cache, with the exact versions of its requirements.txt, and
// prints `name path-of-its-python` for each that is there. `python.js --prepared` installs nothing.
// Invariants: a directory of the cache is whole or absent; a machine without Python or its package index is reported, and
// nothing else fails for it.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import { environment } from './environment.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..');
const agents = join(root, 'docs', 'agents');
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');

/** Longest installation of one example, in milliseconds. */
const INSTALL_MS = 600_000;

function findVersion() {
  try {
    return execFileSync('python3', ['--version'], { env: environment(), encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

function toEnvironment(example, version) {
  const name = basename(example);
  const requirements = join(example, 'requirements.txt');
  const digest = createHash('sha256').update(version).update(readFileSync(requirements));
  const directory = join(cache, `python-${name}-${digest.digest('hex').slice(0, 12)}`);
  return { name, requirements, directory, python: join(directory, 'bin', 'python') };
}

async function prepare({ name, requirements, directory, python }) {
  if (existsSync(python)) return;
  const fresh = `${directory}.${process.pid}`;
  process.stderr.write(`Installing the Python example ${name} (once) ...\n`);
  mkdirSync(cache, { recursive: true });
  try {
    await run('python3', ['-m', 'venv', fresh], { env: environment() });
    const pip = ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements];
    await run(join(fresh, 'bin', 'python'), pip, {
      env: environment(),
      timeout: INSTALL_MS,
    });
    if (!existsSync(python)) renameSync(fresh, directory);
  } catch (error) {
    const reason = String(error.stderr || error.message).trim();
    process.stderr.write(
      `The Python example ${name} cannot be run here, and its tests are skipped: ${reason}\n`,
    );
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const version = findVersion();
if (version === null) {
  process.stderr.write(
    'The Python examples cannot be run here, and their tests are skipped: `python3 --version` does not run.\n',
  );
} else {
  const environments = readdirSync(agents, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(agents, name))
    .concat(join(root, 'examples', 'python-worker'), join(root, 'test', 'foreign-servers'))
    .map((example) => toEnvironment(example, version));
  if (process.argv[2] !== '--prepared') await Promise.all(environments.map(prepare));
  for (const { name, python } of environments.filter((one) => existsSync(one.python))) {
    process.stdout.write(`${name} ${python}\n`);
  }
}
