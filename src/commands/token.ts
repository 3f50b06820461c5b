// `longhaul token`: static tokens for small installations. Invariant: a token is shown once and is
// written nowhere; the file is replaced as a whole, so that a gateway never reads half of it.
import { readFile } from 'node:fs/promises';
import {
  createToken,
  findNameOfOtherCase,
  hashToken,
  isTokenName,
  parseTokenFile,
  READ,
  SCOPE,
  toTokenLine,
  WRITE,
} from '../auth/index.ts';
import { loadConfiguration } from '../assembly/configuration.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { writePrivateFile } from '../trust/index.ts';

export interface TokenFlags extends Flags {
  readonly scope?: readonly string[];
}

/** `token add`: prints the token, and nothing else, to stdout. */
export async function addToken(
  context: CommandContext,
  name: string,
  flags: TokenFlags,
): Promise<ExitCode> {
  const scopes = new Set(flags.scope ?? [READ, WRITE]);
  const wrong = [...scopes].find((scope) => !SCOPE.test(scope) || scope.includes(','));
  if (!isTokenName(name) || wrong !== undefined) {
    const what =
      wrong === undefined ? `name ${JSON.stringify(name)}` : `scope ${JSON.stringify(wrong)}`;
    context.stderr.write(
      `The ${what} cannot be used: names have 1 to 64 letters, digits, ".", "_", "~" or "-", begin with a letter or digit, and are not "local"; scopes have no space, comma or quote.\n`,
    );
    return EXIT.usage;
  }
  const { auth } = await loadConfiguration(context, flags);
  const text = await read(auth.tokenFile);
  const other = findNameOfOtherCase(name, parseTokenFile(text).tokens);
  if (other !== null) {
    context.stderr.write(
      `The name ${name} cannot be used: there is ${other}, and names have to differ by more than case.\n`,
    );
    return EXIT.usage;
  }
  const token = createToken();
  const line = toTokenLine({ name, hash: hashToken(token), scopes });
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  writePrivateFile(auth.tokenFile, `${before}${line}\n`);
  context.stderr.write(
    `Added ${name} (${[...scopes].join(' ')}) to ${auth.tokenFile}. The token is shown this once:\n`,
  );
  context.stdout.write(`${token}\n`);
  return EXIT.ok;
}

/** `token remove`: every token of a name. */
export async function removeToken(
  context: CommandContext,
  name: string,
  flags: Flags,
): Promise<ExitCode> {
  const { auth } = await loadConfiguration(context, flags);
  const lines = (await read(auth.tokenFile)).split('\n');
  const kept = lines.filter((line) => parseTokenFile(line).tokens[0]?.name !== name);
  if (kept.length === lines.length) {
    context.stderr.write(`There is no token ${name} in ${auth.tokenFile}.\n`);
    return EXIT.failed;
  }
  writePrivateFile(auth.tokenFile, kept.join('\n'));
  context.stderr.write(`Removed ${name}; running gateways refuse its tokens within a second.\n`);
  return EXIT.ok;
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
