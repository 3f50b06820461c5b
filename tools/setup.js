// Puts what the test suite needs beside npm packages into the cache: the time-skipping Temporal server, whose launcher's
// path it prints, the Temporal CLI, the Python examples, promtool and a worker in Go. `setup.js test-server` is content with the first.
// Any Node since 20 can run it, hence plain JavaScript.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { prepareTestServer, SetupError } from './test-server.js';

/** Runs one of the other tools; each but the CLI's says itself what is missing, and the suite runs without. */
function prepare(/** @type {string} */ name) {
  const program = join(import.meta.dirname, name);
  execFileSync(process.execPath, [program], { stdio: ['ignore', 'ignore', 2] });
}

const all = process.argv[2] !== 'test-server';
try {
  process.stdout.write(`${prepareTestServer(all)}\n`);
  if (all) {
    for (const name of ['cli.js', 'python.js', 'promtool.js', 'go-worker.js', 'claude-code.js'])
      prepare(name);
  }
} catch (error) {
  // What another tool had to say stands above.
  if (error instanceof SetupError) process.stderr.write(`${error.message}\n`);
  else if (error.status === undefined) throw error;
  process.exitCode = 1;
}
