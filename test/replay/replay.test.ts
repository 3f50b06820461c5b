import { hostname } from 'node:os';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DeterminismViolationError } from '@temporalio/workflow';
import { Worker } from '@temporalio/worker';
import { quietRuntime } from '../support/temporal/quiet-runtime.ts';
import {
  bundleWorkflows,
  workflowBundle,
  type WorkflowBundle,
} from '../support/runner/workflow-bundle.ts';
import { readHistories, type JsonHistory } from './histories.ts';
import { DELIVERY_PATHS } from './deliveries.ts';
import { PATHS } from './paths.ts';

quietRuntime();

const histories = await readHistories();

/** Replays every history; what went wrong, by name. */
async function replay(workflowBundle: WorkflowBundle): Promise<Record<string, Error | undefined>> {
  const recorded = [...histories].map(([workflowId, history]) => ({
    workflowId,
    history: historyFromJSON(history),
  }));
  const errors: Record<string, Error | undefined> = {};
  for await (const { workflowId, error } of Worker.runReplayHistories(
    { workflowBundle },
    recorded,
  )) {
    errors[workflowId] = error;
  }
  return errors;
}

describe('the workflow as it is', () => {
  let errors: Record<string, Error | undefined>;
  beforeAll(async () => {
    errors = await replay(workflowBundle());
  });

  test.each([...histories.keys()])('goes on with %s', (name) => {
    expect(errors).toHaveProperty(name);
    expect(errors[name]).toBeUndefined();
  });
});

test('a workflow that would do something else is caught by every history', async () => {
  const errors = await replay(await bundleWorkflows('test/replay/incompatible.ts'));
  const caught = Object.keys(errors).filter(
    (name) => errors[name] instanceof DeterminismViolationError,
  );
  expect(caught.sort()).toEqual([...histories.keys()].sort());
});

describe('the committed histories', () => {
  test('are one for each path through the workflow', () => {
    const paths = [...Object.keys(PATHS), ...Object.keys(DELIVERY_PATHS)];
    expect([...histories.keys()].sort()).toEqual(paths.sort());
  });

  test('take every way in which a task can go', () => {
    const all = JSON.stringify([...histories.values()]);
    const types = new Set(
      [...all.matchAll(/"eventType":"EVENT_TYPE_(\w+)"/g)].map(([, type]) => type),
    );
    expect([...types].sort()).toEqual([
      'ACTIVITY_TASK_CANCELED',
      'ACTIVITY_TASK_CANCEL_REQUESTED',
      'ACTIVITY_TASK_COMPLETED',
      'ACTIVITY_TASK_FAILED',
      'ACTIVITY_TASK_SCHEDULED',
      'ACTIVITY_TASK_STARTED',
      'ACTIVITY_TASK_TIMED_OUT',
      'CHILD_WORKFLOW_EXECUTION_CANCELED',
      'CHILD_WORKFLOW_EXECUTION_COMPLETED',
      'CHILD_WORKFLOW_EXECUTION_FAILED',
      'CHILD_WORKFLOW_EXECUTION_STARTED',
      'EXTERNAL_WORKFLOW_EXECUTION_CANCEL_REQUESTED',
      'MARKER_RECORDED',
      'REQUEST_CANCEL_EXTERNAL_WORKFLOW_EXECUTION_INITIATED',
      'START_CHILD_WORKFLOW_EXECUTION_INITIATED',
      'TIMER_CANCELED',
      'TIMER_FIRED',
      'TIMER_STARTED',
      'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
      'WORKFLOW_EXECUTION_CANCELED',
      'WORKFLOW_EXECUTION_CANCEL_REQUESTED',
      'WORKFLOW_EXECUTION_COMPLETED',
      'WORKFLOW_EXECUTION_CONTINUED_AS_NEW',
      'WORKFLOW_EXECUTION_FAILED',
      'WORKFLOW_EXECUTION_SIGNALED',
      'WORKFLOW_EXECUTION_STARTED',
      'WORKFLOW_PROPERTIES_MODIFIED',
      'WORKFLOW_TASK_COMPLETED',
      'WORKFLOW_TASK_SCHEDULED',
      'WORKFLOW_TASK_STARTED',
    ]);
  });

  test.each([...histories.keys()])('%s ends, and tells nothing of the machine', (name) => {
    const history: JsonHistory = histories.get(name)!;
    const text = JSON.stringify(history);
    expect(text).toMatch(
      /"workflowExecution(Completed|Failed|Canceled|ContinuedAsNew)EventAttributes"/,
    );
    expect(text).not.toContain('stackTrace');
    expect(text).not.toContain(hostname());
    expect(text.match(/"identity":"(?!recorder")[^"]*"/g)).toBeNull();
    expect(text.match(/"\/[^"]*"|file:/g)).toBeNull();
  });
});
