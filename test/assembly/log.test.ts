import { describe, expect, test } from '@jest/globals';
import { ApplicationFailure } from '@temporalio/common';
import { openLog } from '../../src/assembly/log.ts';

function open(level: 'debug' | 'info') {
  const lines: string[] = [];
  const write = (line: string) => {
    lines.push(line);
    return true;
  };
  const log = openLog({ stderr: { isTTY: false, write: write } }, level);
  return { log, written: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('the log', () => {
  test('leaves out what opens doors and what a task is about, whoever hands it over', () => {
    const { log, written } = open('info');
    log.info('sent', {
      token: 'a',
      parameters: { name: 'b' },
      request: { authorization: 'c' },
      n: 1,
    });
    expect(written()).toEqual([
      expect.objectContaining({
        msg: 'sent',
        n: 1,
        token: '[redacted]',
        parameters: '[redacted]',
        request: { authorization: '[redacted]' },
      }),
    ]);
  });

  test('has a failure as its code and its message, without the details of the upstream', () => {
    const { log, written } = open('info');
    const error = ApplicationFailure.create({
      type: 'UPSTREAM_REJECTED',
      message: 'POST answered 422',
      details: [{ body: 'confidential' }],
    });
    log.sink('warn', 'Activity failed', () => ({ sdkComponent: 'worker', error }));
    expect(written()).toMatchObject([{ code: 'UPSTREAM_REJECTED', error: 'POST answered 422' }]);
    expect(JSON.stringify(written())).not.toContain('confidential');
  });

  test("shows what an operation's author says, and not what the SDK calls information", () => {
    const { log, written } = open('info');
    log.sink('info', 'half way', () => ({ sdkComponent: 'activity' }));
    log.sink('info', 'Worker state changed', () => ({ sdkComponent: 'worker' }));
    expect(written().map(({ msg }) => msg)).toEqual(['half way']);
  });

  test('is silent about workers that are meant to run no workflows, and not about other warnings', () => {
    const { log, written } = open('info');
    const meant = 'No workflows registered, not polling for workflow tasks';
    for (const message of [meant, 'Failed to poll']) {
      log.sink('warn', message, () => ({ sdkComponent: 'worker' }));
    }
    expect(written().map(({ msg }) => msg)).toEqual(['Failed to poll']);
  });

  test('has one line for what the native client says at each attempt of a call', () => {
    const { log, written } = open('info');
    for (const times of [5, 6, 7]) {
      log.sink('warn', `gRPC call retried ${times} times`, () => ({ sdkComponent: 'core' }));
    }
    log.sink('warn', 'Activity failed', () => ({ sdkComponent: 'worker' }));
    log.sink('warn', 'Activity failed', () => ({ sdkComponent: 'worker' }));
    expect(written()).toMatchObject([
      { msg: 'gRPC call retried 5 times' },
      { msg: 'Activity failed' },
      { msg: 'Activity failed' },
    ]);
  });
});
