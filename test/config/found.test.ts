// A configuration that was found, and not named: where the search ends, whose files are taken, and what a client's session takes.
import { chmod, chown, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { refuseExposed } from '../../src/config/load/exposed-file.ts';
import { findConfigFile } from '../../src/config/load/find-file.ts';
import { readPowers } from '../../src/config/index.ts';
import { loadConfig } from '../../src/config/load/load.ts';
import { approvalsFile, approve, MACHINE } from '../../src/trust/index.ts';
import { createWorkspace, type Workspace } from '../support/files/workspace.ts';

const NOBODY = 65_534;
const FILE = 'longhaul.config.yaml';

describe('the search upwards', () => {
  test.each([
    ['at a repository, whose root counts', 'a/.git/HEAD', 'a/longhaul.config.yaml', null],
    ['at a linked work tree', 'a/.git', 'a/longhaul.config.yaml', null],
    ['at the home folder, which counts', 'a/x', 'a/longhaul.config.yaml', 'a'],
  ])('ends %s', async (_, mark, last, home) => {
    await using workspace = await createWorkspace({ [FILE]: '', [mark]: '' });
    const { directory } = workspace;
    const from = join(directory, 'a/b/c');
    await mkdir(from, { recursive: true });
    const userHome = home === null ? '/nowhere' : join(directory, home);
    expect(await findConfigFile(from, userHome)).toBeNull();
    const file = await workspace.write(last, '');
    expect(await findConfigFile(from, userHome)).toBe(file);
  });

  test('goes up in a folder without any of these', async () => {
    await using workspace = await createWorkspace({ [FILE]: '', 'a/b/x': '' });
    const found = await findConfigFile(join(workspace.directory, 'a/b'), '/nowhere');
    expect(found).toBe(join(workspace.directory, FILE));
  });

  test('ends at the border of a file system', async () => {
    // Two file systems that every Linux has; elsewhere the folder of devices is one of its own.
    const [inner, outer] = process.platform === 'linux' ? ['/proc/self', '/'] : ['/dev', '/'];
    expect(await findConfigFile(inner, outer)).toBeNull();
  });
});

/** Gives a path to nobody where the user may do that, and otherwise says that it were so. */
async function giveAway(path: string): Promise<typeof MACHINE> {
  if (MACHINE.user === 0) {
    await chown(path, NOBODY, NOBODY);
    return MACHINE;
  }
  const { user, stat } = MACHINE;
  const foreign = {
    uid: NOBODY,
    gid: NOBODY,
    mode: 0o644,
    isSymbolicLink: () => false,
    isFile: () => true,
  };
  return { user, stat: (other) => (other === path ? foreign : stat(other)) };
}

describe('a file of others', () => {
  test.each([
    ['the file', (directory: string) => join(directory, 'in', FILE)],
    ['its folder', (directory: string) => join(directory, 'in')],
  ])('is refused where %s belongs to another user', async (_, toPath) => {
    await using workspace = await createWorkspace({ [`in/${FILE}`]: '' });
    const path = toPath(workspace.directory);
    const file = join(workspace.directory, 'in', FILE);
    const machine = await giveAway(path);
    const refusal = `${path}: belongs to another user (number ${NOBODY})`;
    expect(() => {
      refuseExposed(file, [file], machine);
    }).toThrow(refusal);
    expect(() => {
      refuseExposed(file, [file], machine);
    }).toThrow(`sudo chown ${process.geteuid?.() ?? ''} ${path}, or name it by --config ${file}`);
    // As a command meets it, where the test may really give files away.
    const load = loadConfig({ workingDirectory: dirname(file), env: {} });
    const isReal = machine === MACHINE;
    expect(await load.then(() => '', String)).toContain(isReal ? refusal : '');
  });

  test.each([
    ['the file', FILE, 0o666],
    ['the file, by a group', FILE, 0o664],
    ['its folder', '.', 0o777],
    ['its folder, though each keeps to their own there', '.', 0o1777],
  ])('is refused where others can write %s', async (_, path, mode) => {
    await using workspace = await createWorkspace({ [FILE]: '' });
    const exposed = join(workspace.directory, path);
    await chmod(exposed, mode);
    const { user, stat } = MACHINE;
    const file = join(workspace.directory, FILE);
    const ofGroup = (seen: string) => {
      const { uid, mode: bits } = stat(seen);
      return { uid, gid: 50, mode: bits, isSymbolicLink: () => false, isFile: () => true };
    };
    expect(() => {
      refuseExposed(file, [file], { user, stat: ofGroup });
    }).toThrow(`${exposed}: can be changed by other users`);
    if (mode === 0o664) return; // the group of the test's own user is its own
    const load = loadConfig({ workingDirectory: workspace.directory, env: {} });
    await expect(load).rejects.toThrow(`chmod go-w ${exposed}`);
  });

  test('is refused where a link leads to it, and where it is imported', async () => {
    await using workspace = await createWorkspace({
      [`open/${FILE}`]: '',
      'code/longhaul.config.ts': "import './open/run.ts';\nexport default {};",
      'code/open/run.ts': '',
      'linked/x': '',
    });
    const { directory } = workspace;
    await chmod(join(directory, 'open'), 0o777);
    await chmod(join(directory, 'code/open'), 0o777);
    await symlink(join(directory, 'open', FILE), join(directory, 'linked', FILE));
    for (const folder of ['linked', 'code']) {
      const load = loadConfig({ workingDirectory: join(directory, folder), env: {} });
      await expect(load).rejects.toThrow('open: can be changed by other users');
    }
  });

  test('is not run before it is refused', async () => {
    await using workspace = await createWorkspace({
      'longhaul.config.mjs': 'globalThis.strangerRan = true; export default {};',
    });
    await chmod(workspace.directory, 0o777);
    const { directory } = workspace;
    await expect(loadConfig({ workingDirectory: directory, env: {} })).rejects.toThrow(
      'chmod go-w',
    );
    expect(globalThis).not.toHaveProperty('strangerRan');
  });

  test('is taken once it is named', async () => {
    await using workspace = await createWorkspace({ [FILE]: 'server: { port: 5 }' });
    const { directory } = workspace;
    await chmod(directory, 0o777);
    const named = await loadConfig({ file: FILE, workingDirectory: directory, env: {} });
    expect(named).toMatchObject({ isNamed: true, server: { port: 5 } });
  });
});

describe('a session of a client', () => {
  const load = ({ directory }: Workspace, env: Record<string, string> = {}) =>
    loadConfig({
      workingDirectory: join(directory, 'in'),
      env: { XDG_STATE_HOME: join(directory, 'state'), ...env },
      needsApproval: true,
    });

  test.each([
    ['nothing but options', FILE, 'server: { port: 5 }'],
    [
      'an operation without secrets',
      FILE,
      'operations: { get: { kind: http, description: d, input: { type: object }, request: { url: https://a.example } } }',
    ],
    ['a folder inside its own', FILE, 'dataDirectory: data'],
  ])('takes what has %s', async (_, name, text) => {
    await using workspace = await createWorkspace({ [`in/${name}`]: text });
    expect((await load(workspace)).isNamed).toBe(false);
  });

  test.each([
    ['is code', 'longhaul.config.mjs', 'export default {};'],
    ['runs ./helper.sh (temporal.cli)', FILE, 'temporal: { cli: ./helper.sh }'],
    ['runs npx -y it (upstreams.a)', FILE, 'upstreams: { a: { command: npx, args: [-y, it] } }'],
    [
      'passes env:KEY on (upstreams.a)',
      FILE,
      'upstreams: { a: { url: https://a.example, env: [KEY] } }',
    ],
    [
      'reads env:KEY',
      FILE,
      "upstreams: { a: { url: https://a.example, headers: { k: '${env:KEY}' } } }",
    ],
    [
      'reads env:TOKEN',
      FILE,
      'operations: { get: { kind: http, description: d, input: { type: object }, request: { url: https://a.example, headers: { a: "Bearer ${env:TOKEN}" } } } }',
    ],
    ['reads file:/etc/hosts', FILE, 'callbacks: { secrets: ["file:/etc/hosts"] }'],
    ['keeps files in ../elsewhere', FILE, 'storage: { directory: ../elsewhere }'],
    ['keeps files in /srv/data', FILE, 'dataDirectory: /srv/data'],
    ['uses the keys of a bucket', FILE, 'storage: { mode: s3, bucket: mine }'],
  ])(
    'refuses what %s until it is approved, and again once it has changed',
    async (power, name, text) => {
      await using workspace = await createWorkspace({ [`in/${name}`]: text });
      const file = join(workspace.directory, 'in', name);
      const unknown = load(workspace);
      await expect(unknown).rejects.toThrow(`${name}: it was found and not named, ${power}`);
      await expect(unknown).rejects.toThrow(`longhaul trust ${file}`);
      expect((await load(workspace, { LONGHAUL_CONFIG: file })).isNamed).toBe(true);

      const { approvable } = await readPowers(file, workspace.directory);
      approve({ XDG_STATE_HOME: join(workspace.directory, 'state') }, approvable);
      expect((await load(workspace)).file).toBe(file);

      await writeFile(file, `${text}\n`);
      await expect(load(workspace)).rejects.toThrow('it has changed since you approved it');
    },
  );

  test('refuses a description of an API until it is approved, as it names secrets', async () => {
    await using workspace = await createWorkspace({
      [`in/${FILE}`]: 'operations: [{ openapi: api.yaml, hash: h, include: [get] }]',
    });
    await expect(load(workspace)).rejects.toThrow('reads secrets that api.yaml names');
  });

  test('refuses a change of what was approved with the file: an import, a command', async () => {
    await using workspace = await createWorkspace({
      'in/longhaul.config.mjs': "import './operations.mjs';\nexport default {};",
      'in/operations.mjs': '',
    });
    const env = { XDG_STATE_HOME: join(workspace.directory, 'state') };
    const code = join(workspace.directory, 'in/longhaul.config.mjs');
    approve(env, (await readPowers(code, workspace.directory)).approvable);
    await workspace.write('in/operations.mjs', 'globalThis.importRan = true;');
    await expect(load(workspace)).rejects.toThrow('it has changed');
    expect(globalThis).not.toHaveProperty('importRan');

    await using other = await createWorkspace({
      [`in/${FILE}`]: 'temporal: { cli: ./helper.sh }',
      'in/helper.sh': 'one',
    });
    const text = join(other.directory, 'in', FILE);
    approve(
      { XDG_STATE_HOME: join(other.directory, 'state') },
      (await readPowers(text, other.directory)).approvable,
    );
    await load(other);
    await other.write('in/helper.sh', 'two');
    await expect(load(other)).rejects.toThrow('it has changed');
  });

  test('does not believe approvals that somebody else could have written', async () => {
    await using workspace = await createWorkspace({
      'in/longhaul.config.mjs': 'export default {};',
    });
    const env = { XDG_STATE_HOME: join(workspace.directory, 'state') };
    const file = join(workspace.directory, 'in/longhaul.config.mjs');
    approve(env, (await readPowers(file, workspace.directory)).approvable);
    await load(workspace);
    await chmod(approvalsFile(env), 0o666);
    await expect(load(workspace)).rejects.toThrow('nobody has approved it yet');
  });
});
