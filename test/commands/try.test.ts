// `longhaul try`, as a person uses it while a declaration is written.
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { tryOperation } from '../../src/commands/try.ts';
import type { CommandContext } from '../../src/assembly/context.ts';
import type { OperationError } from '../../src/contract/errors.ts';
import { createWorkspace } from '../support/files/workspace.ts';
import { startFakeUpstream, type UpstreamAnswer } from '../support/peers/upstream.ts';

const CONFIG = `
operations:
  report:
    kind: http_job
    description: Makes a report. Takes seconds.
    input: { type: object, properties: { month: { type: string } }, required: [month] }
    auth: { type: basic, username: me, password: '\${env:PASSWORD}' }
    submit: { url: '\${env:API}/reports?key=\${env:PASSWORD}', body: { month: '{month}' }, handle: /id }
    poll: { url: '\${env:API}/reports/{handle}', status: /status, done: [done], result: /result, initialIntervalMs: 1 }
    cancel: { method: DELETE, url: '\${env:API}/reports/{handle}' }
`;

/** Tries the report, or another operation, at an upstream; what was printed, and the exit code. */
async function tryReport(
  answers: readonly UpstreamAnswer[],
  parameters: string,
  { timeout = 60, operation = 'report', interrupted = new AbortController().signal } = {},
) {
  await using upstream = await startFakeUpstream(answers);
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': CONFIG });
  let printed = '';
  const write = (text: string | Uint8Array): boolean => {
    printed += String(text);
    return true;
  };
  const output = Object.assign(new PassThrough(), { isTTY: false as const });
  const context: CommandContext = {
    env: { API: upstream.url, PASSWORD: 's3cret-1' },
    workingDirectory: workspace.directory,
    stdin: output,
    stdout: { write, isTTY: false as const },
    protocol: output,
    stderr: { write, isTTY: false as const },
    interrupted,
    cliFile: '/nowhere',
  };
  const code = await tryOperation(context, operation, { parameters, timeout }).catch(
    (thrown: unknown) => (thrown as OperationError).code,
  );
  return { code, printed: printed.replaceAll(upstream.url, 'http://api'), upstream };
}

const MONTH = '{"month":"2026-05"}';

describe('a try', () => {
  test('shows every request, every answer and what was made of it, without secrets', async () => {
    const { code, printed } = await tryReport(
      [
        { status: 201, body: { id: 'r1', echo: 's3cret-1' } },
        { body: { status: 'running' } },
        { body: { status: 'done', result: 42 } },
      ],
      MONTH,
    );
    expect(code).toBe(0);
    for (const line of [
      '> POST http://api/reports?key=[secret env:PASSWORD]',
      '> authorization: [credentials]',
      '> {"month":"2026-05"}',
      '< 201',
      '< {"id":"r1","echo":"[secret env:PASSWORD]"}',
      'the job\'s handle: "r1"',
      '> GET http://api/reports/r1',
      'the job runs: upstream says running',
      'the result: 42',
    ]) {
      expect(printed).toContain(line);
    }
    expect(printed).not.toContain('s3cret-1');
  });

  test('that fails exits with 1, and says why', async () => {
    const { code, printed } = await tryReport(
      [{ status: 422, body: { detail: 'no such month' } }],
      MONTH,
    );
    expect(code).toBe(1);
    expect(printed).toContain('it failed: UPSTREAM_REJECTED');
    expect(printed).toContain('no such month');
  });

  test('whose time is up cancels its job', async () => {
    const running = { status: 201, body: { id: 'r1', status: 'running' } };
    const { code, printed, upstream } = await tryReport([running], MONTH, { timeout: 1 });
    expect(code).toBe(1);
    expect(printed).toContain('the job "r1" was cancelled upstream');
    expect(printed).toContain('it did not end within 1 s');
    expect(upstream.requests.at(-1)?.method).toBe('DELETE');
  });

  test('that is interrupted cancels its job, and does not say that its time was up', async () => {
    const running = { status: 201, body: { id: 'r1', status: 'running' } };
    const interrupted = AbortSignal.timeout(500);
    const { code, printed } = await tryReport([running], MONTH, { interrupted });
    expect(code).toBe(1);
    expect(printed).toContain('the job "r1" was cancelled upstream');
    expect(printed).toMatch(/it was interrupted\n$/);
  });

  test('that asks shows the question, and where it can be answered', async () => {
    const operation = 'approval';
    const { code, printed } = await tryReport([], '{"question":"Ship it?"}', { operation });
    expect(code).toBe(1);
    expect(printed).toContain('it asks: Ship it?\n');
    expect(printed).toContain('start one with longhaul dev');
  });

  test('with parameters that do not fit sends nothing', async () => {
    const { code, upstream } = await tryReport([200], '{}');
    expect(code).toBe('INVALID_PARAMETERS');
    expect(upstream.requests).toEqual([]);
  });
});
