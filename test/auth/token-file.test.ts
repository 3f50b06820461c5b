import { chmod, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  createTokenFileVerifier,
  hashToken,
  parseTokenFile,
  toTokenLine,
} from '../../src/auth/index.ts';
import { addToken, removeToken } from '../../src/commands/token.ts';
import { createTestContext } from '../support/processes/command-context.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

async function openHome() {
  const directory = await createTemporaryDirectory();
  const file = join(directory.path, 'longhaul.tokens');
  const context = createTestContext(directory.path);
  const problems: string[] = [];
  return {
    file,
    problems,
    context,
    add: async (name: string, scope?: readonly string[]) => {
      const before = context.output().length;
      const code = await addToken(context, name, scope ? { scope } : {});
      return { code, token: context.output().slice(before).trim() };
    },
    verify: createTokenFileVerifier({ file, report: (problem) => void problems.push(problem) }),
    [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose](),
  };
}

test('a token that was added is taken, as its name, with its scopes', async () => {
  await using home = await openHome();
  const { code, token } = await home.add('ci');
  expect(code).toBe(0);
  expect(token).toMatch(/^longhaul_[\w-]{43}$/);
  expect(await home.verify(token)).toEqual({
    kind: 'accepted',
    identity: {
      principal: 'ci',
      scopes: new Set(['tasks:read', 'tasks:write']),
      expiresAt: null,
    },
  });
  expect(home.context.errors()).not.toContain(token);
});

test('the file has the hash alone, and only its owner may read it', async () => {
  await using home = await openHome();
  const { token } = await home.add('ci', ['tasks:read']);
  const { mode } = await stat(home.file);
  expect(mode & 0o777).toBe(0o600);
  const [line] = parseTokenFile(await readFile(home.file, 'utf8')).tokens;
  expect(line).toEqual({ name: 'ci', hash: hashToken(token), scopes: new Set(['tasks:read']) });
  expect(await readFile(home.file, 'utf8')).not.toContain(token);
});

test('a name may have two tokens, for the time in which one replaces the other', async () => {
  await using home = await openHome();
  const tokens = [await home.add('ci'), await home.add('ci')];
  for (const { token } of tokens)
    expect(await home.verify(token)).toMatchObject({ kind: 'accepted' });
  expect(await removeToken(home.context, 'ci', {})).toBe(0);
  expect(parseTokenFile(await readFile(home.file, 'utf8')).tokens).toEqual([]);
});

test('a token that was removed is soon refused, and the others are not', async () => {
  await using home = await openHome();
  const [gone, kept] = [await home.add('gone'), await home.add('kept')];
  expect(await home.verify(gone.token)).toMatchObject({ kind: 'accepted' });
  expect(await removeToken(home.context, 'gone', {})).toBe(0);
  while ((await home.verify(gone.token)).kind === 'accepted');
  expect(await home.verify(kept.token)).toMatchObject({ kind: 'accepted' });
});

test.each(['local', '', 'a b', '-x', 'a:b', 'ä', 'x'.repeat(65)])(
  'the name %p is refused',
  async (name) => {
    await using home = await openHome();
    expect((await home.add(name)).code).toBe(2);
  },
);

test.each(['', 'a b', 'a"b', 'a,b', 'ä'])('the scope %p is refused', async (scope) => {
  await using home = await openHome();
  expect((await home.add('ci', [scope])).code).toBe(2);
});

test('a name that is not there cannot be removed', async () => {
  await using home = await openHome();
  expect(await removeToken(home.context, 'ci', {})).toBe(1);
});

test('a file that is not there lets nobody in, and says so once', async () => {
  await using home = await openHome();
  const { token } = await home.add('ci');
  await rm(home.file);
  const answers = [await home.verify(token), await home.verify(token)];
  expect(answers.map(({ kind }) => kind)).toEqual(['refused', 'refused']);
  expect(home.problems).toEqual([`${home.file} cannot be read (ENOENT), so nobody is let in`]);
});

test('a line that is none is named by its number, and the others hold', async () => {
  await using home = await openHome();
  const { token } = await home.add('ci');
  const text = await readFile(home.file, 'utf8');
  await writeFile(
    home.file,
    `# ours\n\n${text}ci plain-text-token tasks:read\nlocal ${text.slice(3)}`,
  );
  expect(await home.verify(token)).toMatchObject({ kind: 'accepted' });
  expect(home.problems).toEqual([
    `${home.file}: not a token, or one with the name of another in other case, in line 4, 5; such lines let nobody in`,
  ]);
});

test('a file that others could have written lets nobody in, and says what mends it', async () => {
  await using home = await openHome();
  const { token } = await home.add('ci');
  await chmod(home.file, 0o666);
  expect(await home.verify(token)).toMatchObject({ kind: 'refused' });
  expect(home.problems).toEqual([
    `${home.file} cannot be read (it can be changed by other users; chmod go-w ${home.file}), so nobody is let in`,
  ]);
});

test('names that differ by case alone are no two principals', async () => {
  await using home = await openHome();
  const { token } = await home.add('alice');
  expect((await home.add('Alice')).code).toBe(2);
  expect(home.context.errors()).toContain('there is alice');
  const line = toTokenLine({ name: 'ALICE', hash: hashToken('x'), scopes: new Set(['a']) });
  await writeFile(home.file, `${await readFile(home.file, 'utf8')}${line}\n`);
  expect(await home.verify('x')).toMatchObject({ kind: 'refused' });
  expect(await home.verify(token)).toMatchObject({ kind: 'accepted' });
  expect(home.problems).toEqual([expect.stringContaining('in line 2')]);
  expect((await home.add('alice')).code).toBe(0); // a second token of one principal
});
