// Puts what the test suite needs beside npm packages into the cache: the time-skipping Temporal server (Java), whose
// launcher's path it prints, the Temporal CLI, the Python examples and promtool. `setup.js test-server` is content with the first.
// Any Node since 20 can run it, hence plain JavaScript; the CLI is left to the product, once a Node that reads TypeScript
// runs this. Invariant: a directory of the cache is whole or absent, however many processes set it up at once.
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

function copyTestServer() {
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

async function findCli() {
  if (!process.features.typescript) {
    process.stderr.write(
      'The Temporal CLI is left to the tests: this Node does not read TypeScript.\n',
    );
    return;
  }
  const { findTemporalCli } = await import('../src/temporal/embedded/binary.ts');
  const report = (line) => process.stderr.write(`${line}\n`);
  await findTemporalCli({ env: process.env, report }).catch((cause) => {
    throw new SetupError(cause.message, { cause });
  });
}

/** Says itself what is missing; the suite runs without. */
function prepare(name) {
  const program = join(import.meta.dirname, name);
  execFileSync(process.execPath, [program], { stdio: ['ignore', 'ignore', 2] });
}

try {
  if (!existsSync(launcher)) copyTestServer();
  process.stdout.write(`${launcher}\n`);
  if (process.argv[2] !== 'test-server') {
    await findCli();
    prepare('python.js');
    prepare('promtool.js');
  }
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
