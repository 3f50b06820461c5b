// The process that a command runs in, as far as it can see: a folder, an environment, two outputs.
import { PassThrough, Readable } from 'node:stream';
import type { CommandContext } from '../../../src/assembly/context.ts';

/** A context, and what was written to it. */
export interface TestContext extends CommandContext {
  readonly output: () => string;
  readonly errors: () => string;
}

/** Creates a context in a folder, with a bare environment. */
export function createTestContext(
  workingDirectory: string,
  env: Readonly<Record<string, string>> = {},
): TestContext {
  const written = { stdout: '', stderr: '' };
  const collect = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    write: (text: string | Uint8Array) => {
      written[name] += String(text);
      return true;
    },
  });
  return {
    env,
    workingDirectory,
    stdin: Readable.from([]),
    protocol: new PassThrough(),
    stdout: collect('stdout'),
    stderr: collect('stderr'),
    interrupted: new AbortController().signal,
    cliFile: '',
    output: () => written.stdout,
    errors: () => written.stderr,
  };
}
