// `longhaul key`: keys for encryption. Invariant: a key is shown once and written nowhere.
import { createKeyText } from '../encryption/index.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';

/** `key create`: prints the key, and nothing else, to stdout. */
export function createKey({ stdout, stderr }: CommandContext): ExitCode {
  stderr.write(
    'A key of 32 random bytes in Base64, shown this once. Keep it where secrets are kept, and name it by reference (env:NAME or file:path) in encryption.keys or encryption.nameKey.\n',
  );
  stdout.write(`${createKeyText()}\n`);
  return EXIT.ok;
}
