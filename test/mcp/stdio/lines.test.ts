import { text } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { createLines } from '../../../src/mcp/stdio/lines.ts';

async function pass(chunks: readonly (string | Buffer)[], maxBytes?: number) {
  const refused: string[] = [];
  const lines = createLines(
    (problem, id) => refused.push(id === null ? problem : `${problem}: ${id}`),
    undefined,
    maxBytes,
  );
  for (const chunk of chunks) lines.write(chunk);
  lines.end();
  return { passed: await text(lines), refused };
}

const PING = '{"jsonrpc":"2.0","id":1,"method":"ping"}';
const DONE = '{"jsonrpc":"2.0", "method":"notifications/ü"}';

test('good lines pass as they came, whatever the chunks', async () => {
  const whole = Buffer.from(`${PING}\r\n${DONE}\n`);
  const bytes = Array.from(whole, (byte) => Buffer.of(byte));
  expect(await pass([whole])).toEqual({ passed: whole.toString(), refused: [] });
  expect(await pass(bytes)).toEqual({ passed: whole.toString(), refused: [] });
});

test('lines that are no JSON are refused, those around them pass', async () => {
  expect(await pass([`${PING}\nhello\n${PING.slice(0, 9)}`, `${PING.slice(9)}\n{"c"\n`])).toEqual({
    passed: `${PING}\n${PING}\n`,
    refused: ['not JSON', 'not JSON'],
  });
});

test('JSON that is no message is refused, by its id where it has one', async () => {
  const lines = ['1', '{"hello":1}', '{"jsonrpc":"2.0","id":7}', '{"id":"a","method":"ping"}'];
  expect(await pass([`${lines.join('\n')}\n`])).toEqual({
    passed: '',
    refused: ['no message', 'no message', 'no message: 7', 'no message: a'],
  });
});

test('text that is not Unicode is refused, as bytes and in names, and left to tools in arguments', async () => {
  const named = (params: string) =>
    `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":${params}}`;
  const left = named('{"name":"a","arguments":{"b":"\\ud800"}}');
  const lines = [
    named('{"name":"\\ud800"}'),
    '{"jsonrpc":"2.0","id":"\\ud800","method":"ping"}',
    left,
  ];
  const bytes = Buffer.from([0x22, 0xff, 0x22, 0x0a]);
  expect(await pass([bytes, `${lines.join('\n')}\n`])).toEqual({
    passed: `${left}\n`,
    refused: ['not Unicode', 'not Unicode: 7', 'not Unicode'],
  });
});

test('a line above the bound is refused once, and not kept', async () => {
  expect(await pass(['"12', '34', '56', `78${' '.repeat(50)}"\n${PING}\n`], 50)).toEqual({
    passed: `${PING}\n`,
    refused: ['too long'],
  });
});

test('a line that is nested without end is refused', async () => {
  const nested = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
  expect(await pass([`${nested}\n${PING}\n`])).toEqual({
    passed: `${PING}\n`,
    refused: ['nested too deeply'],
  });
});

test('empty lines mean nothing', async () => {
  expect(await pass([`\n \r\n${PING}\n\n`])).toEqual({ passed: `${PING}\n`, refused: [] });
});

test('the end of the input ends the last line', async () => {
  expect(await pass([`${PING}\n${DONE}`])).toEqual({ passed: `${PING}\n${DONE}\n`, refused: [] });
  expect(await pass([`${PING}\n{"jsonrpc"`])).toEqual({
    passed: `${PING}\n`,
    refused: ['not JSON'],
  });
});

test('a byte order mark before a line says nothing, as PowerShell writes one', async () => {
  const mark = Buffer.of(0xef, 0xbb, 0xbf);
  expect(await pass([mark, `${PING}\n`])).toEqual({ passed: `${PING}\n`, refused: [] });
  expect(await pass([mark, '\n', mark])).toEqual({ passed: '', refused: [] });
});
