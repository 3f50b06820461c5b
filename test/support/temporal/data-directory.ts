// A data directory of a test's own, joined as the product joins it, by this process and by others.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import {
  joinDataDirectory,
  stopEmbeddedServer,
  type JoinOptions,
  type Membership,
} from '../../../src/local/index.ts';
import { startChild, type Child } from '../processes/child.ts';
import { findTestCli } from './server.ts';
import { createTemporaryDirectory } from '../files/temporary-directory.ts';

const MEMBER = new URL('data-directory-member.ts', import.meta.url);

/** A data directory that need not exist yet. Its server ends with the scope, whichever process left it running. */
export interface TestDataDirectory extends AsyncDisposable {
  readonly path: string;
  /** What was reported to this process about the server. */
  readonly lines: string[];
  join(options?: Partial<JoinOptions>): Promise<Membership>;
  /** Another process that joins, says where the server is and leaves when it is sent a line. */
  child(): Child;
}

export async function createTestDataDirectory(): Promise<TestDataDirectory> {
  const cli = await findTestCli();
  const directory = await createTemporaryDirectory();
  const path = join(directory.path, '.longhaul');
  const lines: string[] = [];
  return {
    path,
    lines,
    join: (options = {}) =>
      joinDataDirectory({
        dataDirectory: path,
        role: 'test',
        findCli: async () => cli,
        report: (line) => lines.push(line),
        ...options,
      }),
    child: () => startChild(MEMBER, [path, cli.file, cli.serverVersion]),
    [Symbol.asyncDispose]: async () => {
      await stopEmbeddedServer(path);
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** What a child of the data directory says first. */
export async function readServerLine(
  child: Child,
): Promise<{ pid: number; address: string; reused: boolean }> {
  return JSON.parse(await child.line()) as { pid: number; address: string; reused: boolean };
}

/** A client of the server at `address`. */
export async function connectTo(address: string): Promise<AsyncDisposable & { client: Client }> {
  const connection = await Connection.connect({ address });
  return {
    client: new Client({ connection }),
    [Symbol.asyncDispose]: () => connection.close(),
  };
}

/** Starts a workflow that no worker ever runs. */
export async function startIdleWorkflow(
  client: Client,
  workflowId: string,
  typedSearchAttributes: SearchAttributePair[] = [],
): Promise<void> {
  await client.workflow.start('nothing', {
    workflowId,
    taskQueue: 'without-worker',
    typedSearchAttributes,
  });
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50);
}
