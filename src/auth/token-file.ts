// Static tokens from a file, for small installations. Invariants: a token that was removed from the file is refused within a
// second; a file that cannot be read, or that others could have
// written, admits no caller; every comparison takes the same time, whatever the token.
import { timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { findExposureBehind } from '../trust/index.ts';
import { refuse, type Verify } from './identity.ts';
import { findNameOfOtherCase, hashToken, parseTokenLine, type StoredToken } from './token-line.ts';

/** How long the file is not read again, in milliseconds. */
const FRESH_MS = 1_000;

export interface TokenFileOptions {
  /** Absolute. */
  readonly file: string;
  /** Hears, once per change of the file, what is wrong with it. Never a token or a hash. */
  readonly report: (problem: string) => void;
}

/** The tokens of a file's text, and the numbers of lines that are none. */
export function parseTokenFile(text: string): {
  readonly tokens: readonly StoredToken[];
  readonly wrongLines: readonly number[];
} {
  const tokens: StoredToken[] = [];
  const wrongLines: number[] = [];
  text.split('\n').forEach((line, index) => {
    if (/^\s*(#|$)/.test(line)) return;
    const token = parseTokenLine(line);
    if (token && findNameOfOtherCase(token.name, tokens) === null) tokens.push(token);
    else wrongLines.push(index + 1);
  });
  return { tokens, wrongLines };
}

export function createTokenFileVerifier({ file, report }: TokenFileOptions): Verify {
  let text: string | null = null;
  let tokens: readonly StoredToken[] = [];
  let problem = '';
  let reading: { readonly done: Promise<void>; readonly until: number } | null = null;

  const say = (found: string) => {
    if (found !== '' && found !== problem) report(found);
    problem = found;
  };

  const read = async () => {
    try {
      const exposure = findExposureBehind(file);
      if (exposure !== null) throw new Error(`it ${exposure.why}; ${exposure.command}`);
      const now = await readFile(file, 'utf8');
      if (now === text) return;
      text = now;
      const parsed = parseTokenFile(now);
      tokens = parsed.tokens;
      const lines = parsed.wrongLines.join(', ');
      say(
        lines === ''
          ? ''
          : `${file}: not a token, or one with the name of another in other case, in line ${lines}; such lines let nobody in`,
      );
    } catch (error) {
      text = null;
      tokens = [];
      const { code, message } = error as NodeJS.ErrnoException;
      say(`${file} cannot be read (${code ?? message}), so nobody is let in`);
    }
  };

  return async (token) => {
    if (reading === null || reading.until <= Date.now()) {
      reading = { done: read(), until: Date.now() + FRESH_MS };
    }
    await reading.done;
    const hash = hashToken(token);
    const [found] = tokens.filter((stored) => timingSafeEqual(stored.hash, hash));
    if (!found) return refuse('the token is not known');
    const { name, scopes } = found;
    return { kind: 'accepted', identity: { principal: name, scopes, expiresAt: null } };
  };
}
