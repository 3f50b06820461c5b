// What `npm start` and `npm test` need in a fresh clone: packages and a build, each only when missing or out of date. A
// start (`prepare.js start`) is content with what runs: no packages of development but the compiler and Node, no type
// check, and the Temporal CLI is fetched while the build goes on.
// Plain JavaScript without packages, since it runs before they are there, on any Node since 20.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath, URL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (/** @type {string} */ path) => join(root, path);
const toStart = process.argv[2] === 'start';

/** Packages of development that a start needs. */
const TO_START = ['node', 'typescript', '@types/node'];

/** Runs a program with its output on stderr: stdout belongs to the command that follows. */
async function run(/** @type {string} */ command, /** @type {string[]} */ ...args) {
  const child = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

/** The same for what the rest cannot do without. */
async function must(/** @type {Parameters<typeof run>} */ ...command) {
  const code = await run(...command);
  if (code !== 0) process.exit(code);
}

function changedAt(/** @type {string} */ path) {
  return existsSync(at(path)) ? statSync(at(path)).mtimeMs : 0;
}

function newestIn(/** @type {string} */ folder) {
  const files = readdirSync(at(folder), { recursive: true, withFileTypes: true });
  return Math.max(...files.map(({ parentPath, name }) => statSync(join(parentPath, name)).mtimeMs));
}

async function install() {
  const outdated = changedAt('node_modules/.package-lock.json') < changedAt('package-lock.json');
  const has = (/** @type {string} */ name) => existsSync(at(`node_modules/${name}`));
  if (!outdated && (toStart ? TO_START.every(has) : has('jest'))) return;
  process.stderr.write('Installing packages ...\n');
  const { packages } = JSON.parse(readFileSync(at('package-lock.json'), 'utf8'));
  const versions = TO_START.map((name) => `${name}@${packages[`node_modules/${name}`].version}`);
  // Not `npm ci`, which would begin by removing everything; the lock file is followed all the same.
  await must(
    'npm',
    ...['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error'],
    // As if they were no packages of development; with --no-save this is written nowhere.
    ...(toStart && !has('jest') ? ['--omit=dev', '--save-prod', ...versions] : []),
  );
}

async function build() {
  const sources = [
    ...['src', 'workflows', 'activities'].map(newestIn),
    changedAt('package-lock.json'),
  ];
  const built = changedAt('dist/built');
  if ((toStart ? Math.max(built, changedAt('dist/runs')) : built) >= Math.max(...sources)) return;
  process.stderr.write('Building ...\n');
  if (!toStart) {
    await must('npm', 'run', '--silent', 'build');
    writeFileSync(at('dist/built'), '');
    return;
  }
  const node = at('node_modules/node/bin/node');
  const compiler = at('node_modules/typescript/bin/tsc');
  const quick = [
    '--noCheck',
    '--declaration',
    'false',
    '--incremental',
    'false',
    '--tsBuildInfoFile',
    'null',
  ];
  await must(node, compiler, '-p', 'tsconfig.build.json', ...quick);
  await must(node, 'tools/bundle.js');
  writeFileSync(at('dist/runs'), '');
}

await install();
// What keeps the CLI from coming is said again, with the way out, by the start itself.
const cli = toStart ? run(at('node_modules/node/bin/node'), 'tools/cli.js') : undefined;
await build();
await cli;
