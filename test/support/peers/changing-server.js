// An MCP server over stdio, of both eras, that has everything beside tools, too. What its tools and prompts are described as stands in the
// file that it is given; `describe` changes it, and says so.
/* global process */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { McpServer, ResourceTemplate, completable } from '@modelcontextprotocol/server';
import * as z from 'zod';

const [file = '', effects = ''] = process.argv.slice(2);
const note = (line) => effects && appendFileSync(effects, `${line}\n`);
const described = () => (existsSync(file) ? readFileSync(file, 'utf8') : 'First.');
const text = (said) => ({ content: [{ type: 'text', text: said }] });
const icons = [{ src: 'https://example.com/icon.png' }];

serveStdio(() => {
  const server = new McpServer({ name: 'changing', version: '1' });
  const shelf = server.registerTool('shelf', { description: described() }, () => {
    note('shelf');
    return text('books');
  });
  const { inputSchema } = { inputSchema: z.object({ to: z.string() }) };
  server.registerTool('describe', { inputSchema }, ({ to }) => {
    writeFileSync(file, to);
    shelf.update({ description: to });
    return text('described');
  });
  server.registerTool('grow', {}, () => {
    if (!grown) grown = server.registerTool('grown', {}, () => text('it grew'));
    return text('grew');
  });
  let grown;
  const argsSchema = z.object({
    name: completable(z.string(), (start) => ['Ann', 'Bob'].filter((one) => one.startsWith(start))),
  });
  server.registerPrompt(
    'greet',
    { title: 'Greet', description: described(), argsSchema, icons },
    ({ name }) => ({
      messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}.` } }],
    }),
  );
  const about = {
    title: 'Note',
    description: 'A note.',
    mimeType: 'text/plain',
    annotations: { priority: 0.5 },
    icons,
  };
  server.registerResource('note', 'note://one', about, (uri) => ({
    contents: [
      {
        uri: uri.href,
        mimeType: 'text/plain',
        text: `one, of ${process.pid}`,
        _meta: { 'example.com/k': 1 },
      },
    ],
  }));
  server.registerResource('picture', 'note://picture', { mimeType: 'image/png' }, (uri) => ({
    contents: [{ uri: uri.href, mimeType: 'image/png', blob: 'AAEC' }],
  }));
  const list = undefined;
  const complete = { number: (start) => ['17', '18'].filter((one) => one.startsWith(start)) };
  server.registerResource(
    'numbered',
    new ResourceTemplate('note://numbered/{number}', { list, complete }),
    about,
    (uri, { number }) => ({
      contents: [{ uri: uri.href, text: `number ${number}` }],
    }),
  );
  return server;
});
