// `longhaul import curl`: what is printed loads, and holds no secret.
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { importCurl } from '../../src/commands/import-curl.ts';
import type { CommandContext } from '../../src/assembly/context.ts';
import { loadConfig } from '../../src/config/load/load.ts';
import { createWorkspace } from '../support/files/workspace.ts';

/** What is printed for a command. */
function print(...words: readonly string[]): string {
  let printed = '';
  const stdout = {
    write: (text: string | Uint8Array) => {
      printed += String(text);
      return true;
    },
    isTTY: false,
  };
  importCurl({ stdout } as unknown as CommandContext, words, {});
  return printed;
}

const requestOf = (text: string): unknown => {
  const { operations } = parse(text) as { operations: Record<string, { request: unknown }> };
  return Object.values(operations)[0]?.request;
};

test.each<[string, object]>([
  [
    `curl -s https://api.example.com/v1/runs/7?key=s3cret&q=a%20b`,
    { method: 'GET', url: 'https://api.example.com/v1/runs/7?key=${env:KEY}&q=a%20b' },
  ],
  [
    `curl https://api.example.com/v1/runs \\\n  -H "Authorization: Bearer s3cret" -H 'X-Trace: {a}' --json '{"a": {"b": "{c}"}, "api_key": "s3cret"}'`,
    {
      method: 'POST',
      headers: { Authorization: 'Bearer ${env:AUTHORIZATION}', 'X-Trace': '{{a}}' },
      body: { a: { b: '{{c}}' }, api_key: '${env:API_KEY}' },
    },
  ],
  [
    `curl -X PUT https://api.example.com/v1/x -d a=1 -d 'b=two words' -u me:s3cret`,
    {
      method: 'PUT',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: { a: '1', b: 'two words' },
    },
  ],
  [
    `curl https://api.example.com/v1/audio -F model=large -F audio=@a.mp3`,
    {
      headers: { 'content-type': 'multipart/form-data' },
      body: { model: 'large', audio: { file: '{audio}' } },
    },
  ],
])('%s becomes a declaration that loads', async (command, expected) => {
  const printed = print(command);
  expect(requestOf(printed)).toMatchObject(expected);
  expect(printed).not.toContain('s3cret');
  await using workspace = await createWorkspace({ 'longhaul.config.yaml': printed });
  const { operations } = await loadConfig({ workingDirectory: workspace.directory, env: {} });
  expect(operations).toHaveLength(1);
});

test.each([
  ['curl', 'expected an http or https URL'],
  ['curl ftp://a.example/', 'expected an http or https URL'],
  ['curl --upload-file x https://a.example/', "Unknown option '--upload-file'"],
  [`curl 'https://a.example/`, 'a quote is open'],
])('%s is refused with a sentence', (command, sentence) => {
  expect(() => print(command)).toThrow(sentence);
});
