// A data directory is this user's alone: whatever else is found in its place is refused, and what files in it say of processes is
// believed only of processes that were started for it.
import {
  chmod,
  chown,
  link,
  lstat,
  mkdir,
  readdir,
  readFile,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  isBackgroundWorker,
  liveBackgroundWorker,
  workerArguments,
  writeBackgroundState,
} from '../../src/assembly/background/state.ts';
import { openPrivateLog } from '../../src/trust/index.ts';
import { openDataDirectory } from '../../src/local/data-directory.ts';
import { readDataDirectory, stopEmbeddedServer } from '../../src/local/index.ts';
import { launchServer } from '../../src/local/server/launch.ts';
import { loadServerState, saveServerState } from '../../src/local/server/server-state.ts';
import { closeDirectory, MACHINE, type Machine } from '../../src/trust/index.ts';
import { startIdleProcess } from './idle-process.ts';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

const NOBODY = 65_534;
const modeOf = async (path: string) => ((await lstat(path)).mode & 0o777).toString(8);

/** This machine, with a path that belongs to nobody: really so where the user may give it away. */
async function giveAway(path: string): Promise<Machine> {
  if (MACHINE.user === 0) {
    await chown(path, NOBODY, NOBODY);
    return MACHINE;
  }
  const { user, stat } = MACHINE;
  return {
    user,
    stat: (other) => (other === path ? Object.assign(stat(path), { uid: NOBODY }) : stat(other)),
  };
}

describe('a directory that exists', () => {
  test('is closed to others, with the files in it', async () => {
    await using temporary = await createTemporaryDirectory();
    const path = join(temporary.path, 'data');
    await mkdir(join(path, 'leases'), { recursive: true });
    await writeFile(join(path, 'temporal-1.31.db'), 'data');
    await writeFile(join(path, 'leases', 'one.json'), '{}');
    await chmod(path, 0o777);
    await chmod(join(path, 'temporal-1.31.db'), 0o666);
    await openDataDirectory(path);
    const inside = ['.', 'leases', 'temporal-1.31.db', 'leases/one.json'];
    expect(await Promise.all(inside.map((name) => modeOf(join(path, name))))).toEqual([
      '700',
      '700',
      '600',
      '600',
    ]);
    expect(await readFile(join(path, 'temporal-1.31.db'), 'utf8')).toBe('data');
  });

  test('is refused where it belongs to another user, by whoever opens, reads or stops it', async () => {
    await using temporary = await createTemporaryDirectory();
    const path = join(temporary.path, 'data');
    await mkdir(path);
    const machine = await giveAway(path);
    const why = `belongs to another user (number ${NOBODY}); if it is yours, sudo chown -R`;
    expect(() => {
      closeDirectory(path, machine);
    }).toThrow(why);
    const uses = [openDataDirectory(path), readDataDirectory(path), stopEmbeddedServer(path)];
    const answers = await Promise.all(uses.map((use) => use.then(() => '', String)));
    const isReal = machine === MACHINE;
    for (const answer of answers)
      expect(answer).toContain(isReal ? `${path} cannot be used: it ${why}` : '');
  });

  test('is refused where it is a link', async () => {
    await using temporary = await createTemporaryDirectory();
    const path = join(temporary.path, 'data');
    await mkdir(join(temporary.path, 'elsewhere'));
    await symlink(join(temporary.path, 'elsewhere'), path);
    for (const use of [openDataDirectory, readDataDirectory, stopEmbeddedServer]) {
      await expect(use(`${path}/`)).rejects.toThrow('it is a link; name the folder');
    }
    expect(await readdir(join(temporary.path, 'elsewhere'))).toEqual([]);
  });

  test.each(['temporal.log', 'leases', 'lock', 'temporal-1.31.db-wal'])(
    'is refused where %s in it is a link',
    async (name) => {
      await using temporary = await createTemporaryDirectory();
      const path = join(temporary.path, 'data');
      await mkdir(path);
      await mkdir(join(temporary.path, 'target'));
      await symlink(join(temporary.path, 'target'), join(path, name));
      await expect(openDataDirectory(path)).rejects.toThrow(`holds a link, ${name}; remove it`);
    },
  );

  test('is refused where somebody else left a file in it', async () => {
    await using temporary = await createTemporaryDirectory();
    const file = join(temporary.path, 'worker.json');
    await writeFile(file, '{}');
    const machine = await giveAway(file);
    expect(() => {
      closeDirectory(temporary.path, machine);
    }).toThrow(`holds worker.json, which belongs to another user (number ${NOBODY})`);
  });
});

describe('what is written into it', () => {
  test('is for its user alone, also what the server writes', async () => {
    await using temporary = await createTemporaryDirectory();
    const directory = await openDataDirectory(join(temporary.path, 'data'));
    const file = join(temporary.path, 'fake-temporal');
    const wrote = join(directory.path, 'temporal.db');
    await writeFile(file, `#!/bin/sh\necho data > ${wrote}.new\nmv ${wrote}.new ${wrote}\n`, {
      mode: 0o755,
    });
    const modeOfNew = async (name: string) => {
      await writeFile(join(temporary.path, name), '');
      return await modeOf(join(temporary.path, name));
    };
    const usual = await modeOfNew('before');
    launchServer(
      { file, serverVersion: '1.31.2', env: { PATH: '/usr/bin:/bin' } },
      wrote,
      { port: 7233, apiPort: 7243 },
      directory,
    );
    expect(await modeOfNew('after')).toBe(usual); // the mask is the server's alone
    while (!(await readdir(directory.path)).includes('temporal.db'))
      await new Promise(setImmediate);
    for (const name of ['temporal.db', 'temporal.log', 'server.json', '.gitignore']) {
      expect([name, await modeOf(join(directory.path, name))]).toEqual([name, '600']);
    }
  });

  test.each([
    ['a link', symlink],
    ['a second name', link],
  ])('does not reach another file by %s', async (_, plant) => {
    await using temporary = await createTemporaryDirectory();
    const { path } = temporary;
    const target = join(path, 'target');
    await writeFile(target, 'mine');
    for (const name of ['worker.log', 'worker.json', 'worker.json.new']) {
      await plant(target, join(path, name));
    }
    expect(() => openPrivateLog(join(path, 'worker.log'))).toThrow('worker.log');
    writeBackgroundState(path, {
      pid: 1,
      startTime: '',
      fingerprint: '',
      version: '',
      stopped: false,
    });
    expect(await readFile(target, 'utf8')).toBe('mine');
    expect((await lstat(join(path, 'worker.json'))).nlink).toBe(1);
  });
});

describe('a process on record', () => {
  const worker = { fingerprint: 'f', version: '1', stopped: false };

  test('that was not started as the background worker is none, and is not ended', async () => {
    await using temporary = await createTemporaryDirectory();
    const { path } = temporary;
    await using foreign = startIdleProcess('an', 'editor');
    await using other = startIdleProcess(...workerArguments('/of/another/directory'));
    await using own = startIdleProcess(...workerArguments(path));
    const found = [foreign, other, own].map(({ identity }) => {
      writeBackgroundState(path, { ...identity, ...worker });
      return liveBackgroundWorker(path)?.pid;
    });
    expect(found).toEqual([undefined, undefined, own.identity.pid]);
    const earlier = { ...own.identity, ...worker, startTime: 'long ago' };
    expect(isBackgroundWorker(path, earlier)).toBe(false);
  });

  test('that was not started as the server is none, and is not ended', async () => {
    await using temporary = await createTemporaryDirectory();
    const directory = await openDataDirectory(join(temporary.path, 'data'));
    const database = join(directory.path, 'temporal-1.31.db');
    const server = { port: 7233, api: null, version: '1.31.2', executable: '', database };
    await using foreign = startIdleProcess('an', 'editor');
    await using own = startIdleProcess('server', 'start-dev', '--db-filename', database);
    saveServerState(directory, { ...foreign.identity, ...server, stopped: false });
    expect((await readDataDirectory(directory.path)).running).toBe(false);
    expect(await stopEmbeddedServer(directory.path)).toBe(false);
    expect(foreign.hasEnded()).toBe(false);
    saveServerState(directory, { ...own.identity, ...server, stopped: false });
    expect(await stopEmbeddedServer(directory.path)).toBe(true);
  });

  test('of a directory that was copied is none of the copy', async () => {
    await using temporary = await createTemporaryDirectory();
    const [original, copy] = [
      await openDataDirectory(join(temporary.path, 'original')),
      await openDataDirectory(join(temporary.path, 'copy')),
    ];
    const database = join(original.path, 'temporal-1.31.db');
    await writeFile(database, '');
    await using own = startIdleProcess('server', 'start-dev', '--db-filename', database);
    const server = { port: 7233, api: null, version: '1.31.2', executable: '', database };
    saveServerState(original, { ...own.identity, ...server, stopped: false });
    await writeFile(copy.stateFile, await readFile(original.stateFile));
    expect((await readDataDirectory(original.path)).running).toBe(true);
    expect((await readDataDirectory(copy.path)).running).toBe(false);
  });

  test('is not believed where others could have written the record', async () => {
    await using temporary = await createTemporaryDirectory();
    const directory = await openDataDirectory(join(temporary.path, 'data'));
    const server = { port: 7233, api: null, version: '1.31.2', executable: '', database: 'd' };
    saveServerState(directory, { pid: 1, startTime: '', ...server, stopped: false });
    expect(loadServerState(directory)?.pid).toBe(1);
    await chmod(directory.stateFile, 0o666);
    expect(loadServerState(directory)).toBeUndefined();
  });
});
