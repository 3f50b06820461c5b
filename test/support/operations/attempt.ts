// One attempt of an operation, run as a worker runs it, without a server.
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Info } from '@temporalio/activity';
import type { ActivityCancellationDetails } from '@temporalio/common';
import type { AttemptOptions } from '../../../activities/attempt/attempt.ts';
import { createActivities } from '../../../activities/index.ts';
import type { Files } from '../../../src/contract/file.ts';
import type { Json } from '../../../src/contract/json.ts';
import type { AttemptInput } from '../../../src/contract/workflow/task-input.ts';
import type { Operation } from '../../../src/operations/operation.ts';
import { testServices } from './context.ts';

/** What a test may decide about an attempt. */
export interface AttemptChange {
  /** The activity's type; the operation's name unless given. */
  readonly type?: string;
  readonly input?: Partial<AttemptInput>;
  readonly info?: Partial<Info>;
  readonly maxResultBytes?: number;
  /** How its worker hears of a cancel. */
  readonly options?: Pick<AttemptOptions, 'cancelMs' | 'pushesCancels'>;
  /** Where files are kept; nowhere unless given. */
  readonly files?: Files | null;
}

/** An attempt that was begun. */
export interface TestAttempt {
  readonly result: Promise<Json>;
  /** What its heartbeats carried, in order. */
  readonly beats: readonly unknown[];
  /** Asks it to stop, as Temporal would: a cancel, unless details say otherwise. */
  stop(details?: ActivityCancellationDetails): void;
}

/** Begins an attempt: the first, with a heartbeat every 25 ms, unless the test says otherwise. */
export function beginAttempt(
  operation: Operation,
  {
    type = operation.name,
    input,
    info,
    maxResultBytes = 1_000,
    files = null,
    options,
  }: AttemptChange = {},
): TestAttempt {
  const activities = createActivities([operation], {
    secret: async (reference) => `the secret of ${reference}`,
    services: testServices,
    maxResultBytes,
    files,
    ...options,
  });
  const environment = new MockActivityEnvironment(
    {
      activityType: type,
      heartbeatTimeoutMs: 100,
      startToCloseTimeoutMs: 60_000,
      scheduleToCloseTimeoutMs: 120_000,
      ...info,
    },
    { logger: new DefaultLogger('ERROR') },
  );
  const beats: unknown[] = [];
  environment.on('heartbeat', (details) => beats.push(details));
  const activity = activities[Object.hasOwn(activities, type) ? type : 'default']!;
  return {
    result: environment.run<[AttemptInput], Json, typeof activity>(activity, {
      parameters: {},
      idempotencyKey: 'local:key-1',
      principal: 'local',
      attempt: 1,
      ...input,
    }),
    beats,
    stop: (details) => {
      environment.cancel(undefined, details);
    },
  };
}
