// The command line of the official MCP Inspector, in each of its protocol modes.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  startConformanceGateway,
  type ConformanceGateway,
} from '../support/processes/conformance-gateway.ts';
import { ERAS, inspect } from './run-inspector.ts';

const LIMIT_MS = 300_000;

let gateway: ConformanceGateway;
beforeAll(async () => {
  gateway = await startConformanceGateway();
}, LIMIT_MS);
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
}, LIMIT_MS);

describe.each(ERAS)('the Inspector in mode %s', (era) => {
  const call = (name: string, args: object) =>
    inspect(gateway.url, era, 'tools/call', [
      ...['--tool-name', name, '--tool-args-json', JSON.stringify(args)],
    ]);

  test(
    'connects in its era',
    async () => {
      const { exitCode, output } = await inspect(gateway.url, era, 'initialize');
      expect([exitCode, output]).toEqual([0, expect.stringContaining('"longhaul"')]);
      expect(output).toContain(era === 'legacy' ? '2025-11-25' : '2026-07-28');
    },
    LIMIT_MS,
  );

  test(
    'lists the typed tools beside the pair',
    async () => {
      const { exitCode, output } = await inspect(gateway.url, era, 'tools/list');
      expect(exitCode).toBe(0);
      for (const name of ['greet', 'slow_compute', 'initiate_background_task']) {
        expect(output).toContain(`"${name}"`);
      }
    },
    LIMIT_MS,
  );

  test(
    'calls a typed tool and gets its result',
    async () => {
      const { exitCode, output } = await call('greet', { name: 'Inspector' });
      expect([exitCode, output]).toEqual([0, expect.stringContaining('Hello, Inspector!')]);
    },
    LIMIT_MS,
  );

  test(
    'calls a slow tool',
    async () => {
      const { exitCode, output } = await call('slow_compute', { seconds: 1, label: era });
      expect([exitCode, output]).toEqual([0, expect.stringMatching(/computed|task_ref/)]);
    },
    LIMIT_MS,
  );

  test(
    'ends with the exit code of a tool error for a failed operation',
    async () => {
      const { exitCode, output } = await call('test_error_handling', {});
      expect([exitCode, output]).toEqual([5, expect.stringContaining('UPSTREAM_REJECTED')]);
    },
    LIMIT_MS,
  );

  test(
    'ends with the exit code of a tool error for arguments that do not fit',
    async () => {
      const { exitCode, output } = await call('greet', { name: 5 });
      expect([exitCode, output]).toEqual([5, expect.stringContaining('INVALID_PARAMETERS')]);
    },
    LIMIT_MS,
  );
});
