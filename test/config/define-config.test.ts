import { expect, test } from '@jest/globals';
import { defineConfig } from '../../src/config/define-config.ts';
import { defineOperation } from '../../src/operations/define.ts';
import * as z from 'zod';

test('a configuration in code is typed and stays as it is', () => {
  const echo = defineOperation({
    name: 'echo',
    description: 'Echoes.',
    input: z.strictObject({ text: z.string() }),
    run: ({ text }) => text,
  });
  const config = { server: { port: 1 }, operations: { echo } };
  expect(defineConfig(config)).toBe(config);
  expect(defineConfig({ operations: [echo] })).toEqual({ operations: [echo] });
  expect(defineConfig((env) => ({ server: { host: env['HOST'] ?? 'a' } }))).toBeInstanceOf(
    Function,
  );
});

test('a configuration in code that is wrong does not compile', () => {
  // @ts-expect-error an unknown key
  void defineConfig({ server: { prot: 1 } });
  // @ts-expect-error a wrong type
  void defineConfig({ server: { port: '1' } });
  // @ts-expect-error an unknown kind
  void defineConfig({ operations: { a: { kind: 'ftp' } } });
  expect.assertions(0);
});
