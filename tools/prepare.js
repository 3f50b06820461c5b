// What `npm start` and `npm test` need in a fresh clone: packages and a build, each only when missing or out of date.
// Plain JavaScript without packages, since it runs before they are there, on any Node since 20.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (/** @type {string} */ path) => join(root, path);

/** Runs npm with its output on stderr: stdout belongs to the command that follows. */
function npm(/** @type {string[]} */ ...args) {
  const { status } = spawnSync('npm', args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) process.exit(status ?? 1);
}

function changedAt(/** @type {string} */ path) {
  return existsSync(at(path)) ? statSync(at(path)).mtimeMs : 0;
}

function newestIn(/** @type {string} */ folder) {
  const files = readdirSync(at(folder), { recursive: true, withFileTypes: true });
  return Math.max(...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

if (changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json')) {
  process.stderr.write('Installing packages ...\n');
  // Not `npm ci`: the lock file names the platform packages of the machine that wrote it, and others are to be added.
  npm('install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error');
}
const sources = [
  ...['src', 'workflows', 'activities'].map(newestIn),
  changedAt('package-lock.json'),
];
if (changedAt('dist/built') < Math.max(...sources)) {
  process.stderr.write('Building ...\n');
  npm('run', '--silent', 'build');
  writeFileSync(at('dist/built'), '');
}
