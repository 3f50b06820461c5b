import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { createLines } from '../../src/mcp/stdio-lines.ts';

async function pass(chunks: readonly (string | Buffer)[], maxBytes?: number) {
  const refused: string[] = [];
  const lines = createLines((problem) => refused.push(problem), maxBytes);
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return { passed: await text(lines), refused };
}

test('good lines pass as they came, whatever the chunks', async () => {
  const whole = Buffer.from('{"a":"ü"}\r\n[1, 2]\n');
  const bytes = Array.from(whole, (byte) => Buffer.of(byte));
  expect(await pass([whole])).toEqual({ passed: whole.toString(), refused: [] });
  expect(await pass(bytes)).toEqual({ passed: whole.toString(), refused: [] });
});

test('lines that are no JSON are refused, those around them pass', async () => {
  expect(await pass(['{"a":1}\nhello\n{"b":', '2}\n{"c"\n'])).toEqual({
    passed: '{"a":1}\n{"b":2}\n',
    refused: ['not JSON', 'not JSON'],
  });
});

test('a line above the bound is refused once, and not kept', async () => {
  expect(await pass(['"12', '34', '56', '78"\n"1234"\n'], 6)).toEqual({
    passed: '"1234"\n',
    refused: ['too long'],
  });
});

test('a line that is nested without end is refused', async () => {
  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(await pass([`${nested}\n[1]\n`])).toEqual({
    passed: '[1]\n',
    refused: ['nested too deeply'],
  });
});

test('empty lines and an unfinished last one mean nothing', async () => {
  expect(await pass(['\n \r\n1\n2'])).toEqual({ passed: '1\n', refused: [] });
});
