// A gate over a token file of a test's own.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createGate,
  createToken,
  createTokenFileVerifier,
  hashToken,
  READ,
  toTokenLine,
  WRITE,
  type Gate,
} from '../../../src/auth/index.ts';
import { createTemporaryDirectory } from '../files/temporary-directory.ts';

/** A gate, and the callers that it knows. */
export interface StaticGate extends AsyncDisposable {
  readonly gate: Gate;
  readonly file: string;
  /** The Authorization header of a caller. */
  readonly headerOf: (name: string) => string;
  /** What was reported. */
  readonly problems: readonly string[];
  /** Takes every token away. */
  clear(): Promise<void>;
}

/**
 * Creates a gate for callers by name; without scopes, one may read and write. `team/agent` is a second caller of the principal
 * `team`.
 */
export async function startStaticGate(
  callers: Readonly<Record<string, readonly string[] | undefined>>,
  more: Partial<Pick<Gate, 'metadata' | 'operationScopes' | 'answerScopes'>> = {},
): Promise<StaticGate> {
  const directory = await createTemporaryDirectory();
  const file = join(directory.path, 'longhaul.tokens');
  const tokens = new Map(Object.keys(callers).map((name) => [name, createToken()]));
  const lines = [...tokens].map(([caller, token]) => {
    const [name = ''] = caller.split('/');
    const scopes = new Set(callers[caller] ?? [READ, WRITE]);
    return toTokenLine({ name, hash: hashToken(token), scopes });
  });
  await writeFile(file, `${lines.join('\n')}\n`);
  const problems: string[] = [];
  const report = (problem: string) => void problems.push(problem);
  return {
    gate: createGate({
      verify: createTokenFileVerifier({ file, report }),
      report,
      metadata: null,
      operationScopes: {},
      answerScopes: {},
      ...more,
    }),
    file,
    problems,
    headerOf: (name) => `Bearer ${tokens.get(name) ?? 'nobody'}`,
    clear: () => writeFile(file, ''),
    [Symbol.asyncDispose]: async () => {
      await rm(file, { force: true });
      await directory[Symbol.asyncDispose]();
    },
  };
}
