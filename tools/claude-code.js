// Claude Code, which the tests run against a stand-in for its model: puts the package of this platform into the cache and prints where
// its program is. `claude-code.js --prepared` installs nothing. It is a program of Anthropic's under their own terms, and no part of
// the project. Only on Linux. Invariants: a directory of the cache is whole or absent; a machine that cannot have it is reported, and the suite
// runs without.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const VERSION = '2.1.332';

/** A registry that does not answer is one that does not have it, in milliseconds. */
const INSTALL_MS = 300_000;

const name = `@anthropic-ai/claude-code-${process.platform}-${process.arch}`;
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');
const directory = join(cache, `claude-code-${VERSION}`);
const program = join(directory, 'node_modules', name, 'claude');

function prepare() {
  const fresh = `${directory}.${process.pid}`;
  process.stderr.write(`Installing Claude Code ${VERSION} for the tests (once, 400 MB) ...\n`);
  mkdirSync(fresh, { recursive: true });
  try {
    const flags = ['--no-save', '--no-fund', '--no-audit', '--ignore-scripts', '--loglevel=error'];
    execFileSync('npm', ['install', '--prefix', fresh, ...flags, `${name}@${VERSION}`], {
      timeout: INSTALL_MS,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (!existsSync(directory)) renameSync(fresh, directory);
  } catch (error) {
    const reason = String(error.stderr || error.message).trim();
    process.stderr.write(`Claude Code cannot be had here, and its tests are skipped: ${reason}\n`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

const isWanted = process.platform === 'linux' && process.argv[2] !== '--prepared';
if (isWanted && !existsSync(program)) prepare();
if (existsSync(program)) process.stdout.write(`${program}\n`);
