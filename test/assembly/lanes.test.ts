// A server whose standalone activities are off, and what each command says to operations that want them.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkLanes, describeLanes } from '../../src/assembly/lanes.ts';
import { parseTaskRef } from '../../src/contract/task-ref.ts';
import type { LaneOption } from '../../src/operations/lane.ts';
import { createRegistry } from '../../src/operations/registry.ts';
import { defineRefund } from '../support/operations/define.ts';
import { createHome, type Home } from '../support/processes/home.ts';
import { openTestGateway } from '../support/temporal/gateway-and-worker.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal/server.ts';

const LIMIT_MS = 120_000;

const createLaned = (...lanes: readonly (LaneOption | undefined)[]) =>
  lanes.map((lane, index) => ({
    ...defineRefund(async () => null),
    name: `operation_${index}`,
    ...(lane && { lane }),
  }));

test('nothing is said where the server has both lanes, or where no operation needs the second', () => {
  const needing = createRegistry(createLaned('activity'));
  expect(() => {
    checkLanes(needing, { hasActivityLane: true });
    checkLanes(createRegistry(createLaned('auto', 'workflow'), {}, 'auto'), {
      hasActivityLane: false,
    });
  }).not.toThrow();
  expect(describeLanes({ hasActivityLane: true })).toBe('lanes workflow and activity');
});

test('the operations are named, whether they or execution.lane say so', () => {
  const registry = createRegistry(createLaned('activity', undefined, 'workflow'), {}, 'activity');
  expect(() => {
    checkLanes(registry, { hasActivityLane: false });
  }).toThrow(/^operation operation_0 and 1 more: lane: activity needs standalone activities/);
});

describe('over a server without standalone activities', () => {
  let temporal: TestTemporal;
  let home: Home;

  beforeAll(async () => {
    temporal = await startTestTemporal({}, { 'activity.enableStandalone': false });
    home = await createHome();
  }, LIMIT_MS);
  afterAll(async () => {
    await home[Symbol.asyncDispose]();
    await temporal[Symbol.asyncDispose]();
  }, LIMIT_MS);

  test.each([
    ['worker', 2],
    ['serve', 2],
    ['doctor', 1],
  ])(
    '%s refuses what has to be in the activity lane, in one sentence',
    async (command, exitCode) => {
      const config = { execution: { lane: 'activity' } };
      await writeFile(join(home.path, 'longhaul.config.json'), JSON.stringify(config));
      const port = command === 'worker' ? [] : ['--port', '0'];
      const { stdout, stderr, ...run } = await home.run([command, ...port], {
        TEMPORAL_ADDRESS: temporal.address,
      });
      expect(run.exitCode).toBe(exitCode);
      const said = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('lane'));
      expect(said).toEqual([
        expect.stringMatching(
          /operation \w+ and \d+ more: lane: activity needs .* 1\.32 or later with `activity\.enableStandalone`.*; or write `lane: auto`/,
        ),
      ]);
    },
    LIMIT_MS,
  );

  test(
    'what may be in either lane is a workflow',
    async () => {
      const registry = createRegistry(createLaned('auto'));
      await using gateway = await openTestGateway(temporal.address, registry);
      expect(gateway.connected.hasActivityLane).toBe(false);
      const { task } = await gateway.tasks.start(
        { principal: 'local' },
        { operation: 'operation_0', parameters: {} },
      );
      expect(parseTaskRef(task.taskRef)?.lane).toBe('workflow');
    },
    LIMIT_MS,
  );
});
