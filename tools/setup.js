// Puts the time-skipping Temporal server (Java) of the test suite into the cache and prints the path of its launcher.
// Runs before npm has installed anything and on any Node since 20, hence plain JavaScript without dependencies.
// Invariant: a directory of the cache is whole or absent, however many processes set it up at once.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

const project = join(import.meta.dirname, 'test-server', 'pom.xml');
const version = /temporal-test-server<\/artifactId>\s*<version>([^<]+)</.exec(
  readFileSync(project, 'utf8'),
)?.[1];
const cache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'longhaul');
const directory = join(cache, `test-server-${version}`);
const launcher = join(directory, 'test-server');

// `exec`, so that the process which a test environment ends is the server itself; the flags bring its start-up under
// the five seconds which the SDK allows.
const LAUNCHER = `#!/bin/sh
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto -Xmx256m \\
  -cp "\${0%/*}/jars/*" io.temporal.testserver.TestServer "$@"
`;

class SetupError extends Error {}

function requireTool(command, argument, purpose) {
  try {
    execFileSync(command, [argument], { stdio: 'ignore' });
  } catch (cause) {
    throw new SetupError(
      `${purpose}, and \`${command} ${argument}\` does not run. Install a JDK (11 or later) and Maven 3, for one with ` +
        '`apt-get install -y openjdk-17-jdk-headless maven` or `brew install openjdk maven`.',
      { cause },
    );
  }
}

function setUp() {
  requireTool('java', '-version', 'the time-skipping Temporal server of the tests needs Java');
  requireTool(
    'mvn',
    '-version',
    'the jars of the time-skipping Temporal server come through Maven',
  );
  process.stderr.write(
    `Fetching the time-skipping Temporal server ${version} (40 jars, once) ...\n`,
  );
  const fresh = `${directory}.${process.pid}`;
  mkdirSync(fresh, { recursive: true });
  try {
    execFileSync(
      'mvn',
      [
        '-q',
        '-B',
        '-f',
        project,
        'dependency:copy-dependencies',
        `-DoutputDirectory=${join(fresh, 'jars')}`,
      ],
      { stdio: ['ignore', 2, 2] },
    );
    writeFileSync(join(fresh, 'test-server'), LAUNCHER, { mode: 0o755 });
    if (!existsSync(launcher)) renameSync(fresh, directory);
  } catch (cause) {
    if (!existsSync(launcher)) {
      throw new SetupError(
        `\`mvn -f ${project} dependency:copy-dependencies\` failed; its output is above.`,
        { cause },
      );
    }
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

try {
  if (!existsSync(launcher)) setUp();
  process.stdout.write(`${launcher}\n`);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
