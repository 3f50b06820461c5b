#!/usr/bin/env node
// The only place that reads argv, the environment and signals, and that sets the exit code. Everything else is loaded
// after the check of Node's version: an older one would fail in the middle of an import.
import { fileURLToPath } from 'node:url';

/** How long a process may take to end by itself once its command has ended, in milliseconds. */
const LINGER_MS = 1_000;

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `longhaul needs Node 22.19 or later, and this is ${process.version}; in a clone, "npx longhaul" and "npm start" bring their own.\n`,
  );
  process.exitCode = 1;
} else {
  const { reserveStdout, restartForStdio } = await import('./commands/output.ts');
  restartForStdio(process);
  const stdout = reserveStdout(process);
  // Whoever read the output may leave before its end, as `head` does: nothing is wrong then, and a gateway goes on.
  for (const stream of [stdout, process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  const { exemptLoopback } = await import('./assembly/proxies.ts');
  Object.assign(process.env, exemptLoopback(process.env));
  const { listenForInterruption } = await import('./assembly/interruption.ts');
  const { runProgram } = await import('./commands/program.ts');
  process.exitCode = await runProgram(process.argv, {
    env: process.env,
    workingDirectory: process.cwd(),
    stdin: process.stdin,
    stdout,
    protocol: stdout,
    stderr: process.stderr,
    interrupted: listenForInterruption(process),
    cliFile: fileURLToPath(import.meta.url),
  });
  // A connection that was given up goes on in native code, and would keep a process that has nothing left to do.
  setTimeout(() => process.exit(), LINGER_MS).unref();
}
