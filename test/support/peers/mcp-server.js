// An MCP server of the older era over stdio, by hand, so that it can misbehave as no SDK would. What it does is in the file that it is
// given: a line for each effect.
/* global process, AbortController, setInterval */
import { appendFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const [effects = '', ...modes] = process.argv.slice(2);
const has = (mode) => modes.includes(mode);
const write = (message) =>
  void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const text = (said) => ({ content: [{ type: 'text', text: said }] });
const note = (line) => effects && appendFileSync(effects, `${line}\n`);

if (has('no-start')) {
  process.stderr.write('cannot read the database\n');
  process.exit(3);
}
if (has('leaks')) spawn('sleep', ['1000'], { stdio: 'ignore' });
if (has('noisy')) process.stdout.write('Server listening ...\n{"half": \n\u0000\n');

const object = (properties = {}) => ({ type: 'object', properties });
const TOOLS = [
  {
    name: 'add',
    title: 'Add',
    description: 'Adds a line.',
    inputSchema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      ...object({ line: { type: 'string', format: 'made-up' } }),
      required: ['line'],
      additionalProperties: false,
    },
    icons: [{ src: 'https://example.com/add.png' }],
    _meta: { 'example.com/shelf': 3 },
  },
  {
    name: 'read',
    description: 'Reads.',
    inputSchema: object({ idempotency_key: { type: 'number' } }),
    outputSchema: { ...object({ pid: { type: 'number' } }), required: ['pid'] },
    annotations: { readOnlyHint: true, title: 'Read it' },
  },
  { name: 'slow', inputSchema: object({ ms: { type: 'number' } }) },
  { name: 'slow_read', inputSchema: object(), annotations: { readOnlyHint: true } },
  { name: 'ask', inputSchema: object() },
  { name: 'die', inputSchema: object() },
  { name: 'relay', inputSchema: object({ method: { type: 'string' }, params: object() }) },
  { name: 'large', inputSchema: object({ bytes: { type: 'number' } }) },
  { name: 'refuse', inputSchema: object() },
  { name: 'rich', inputSchema: object() },
  { name: 'recursive', inputSchema: { type: 'object', properties: { self: { $ref: '#' } } } },
  { name: 'environment', inputSchema: object(), annotations: { readOnlyHint: true } },
  ...(has('odd')
    ? [
        { name: 'add', inputSchema: object() },
        { name: 'n'.repeat(300), inputSchema: object() },
        { name: 'lying', inputSchema: { type: 'array' } },
        { name: 'broken', inputSchema: object(), outputSchema: 7 },
        { name: 'dotted.name', inputSchema: { type: 'object', properties: 3, anyOf: [7] } },
        { description: 'no name' },
      ]
    : []),
  ...(has('many')
    ? Array.from({ length: 2_000 }, (_, index) => ({
        name: `many_${index}`,
        inputSchema: object(),
      }))
    : []),
];

const running = new Map();
const answers = new Map();
let asked = 0;

const RICH = {
  content: [
    { type: 'image', data: 'AAEC', mimeType: 'image/png', annotations: { priority: 0.5 } },
    { type: 'audio', data: 'AAEC', mimeType: 'audio/wav' },
    { type: 'resource_link', uri: 'file:///a', name: 'a' },
    { type: 'resource', resource: { uri: 'file:///b', blob: 'AAEC', mimeType: 'x/y' } },
    { type: 'text', text: 'not so', unknown: { deep: [1, 12345678901234567890n] } },
  ],
  structuredContent: { a: null, b: [1, 2.5] },
  isError: true,
  _meta: { 'example.com/k': 'v' },
};
/** Numbers that no number of JavaScript holds, as they are. */
const RICH_JSON = JSON.stringify(RICH, (_, value) =>
  typeof value === 'bigint' ? `#${value}#` : value,
).replace(/"#(\d+)#"/g, '$1');

async function call(id, { name, arguments: args = {}, _meta: meta = {} }) {
  switch (name) {
    case 'add':
      note(args.line);
      if (args.line.startsWith('die ')) process.exit(1);
      return text(`added ${args.line}`);
    case 'read':
      return { ...text('read'), structuredContent: { pid: process.pid } };
    case 'slow':
    case 'slow_read': {
      note(`slow began in ${process.pid}`);
      const over = new AbortController();
      running.set(id, over);
      for (let step = 0; step < 10; step += 1) {
        if (meta.progressToken !== undefined) {
          write({
            method: 'notifications/progress',
            params: {
              progressToken: meta.progressToken,
              progress: step,
              total: 10,
              message: `step ${step}`,
            },
          });
        }
        await sleep((args.ms ?? 1_000) / 10, undefined, { signal: over.signal });
      }
      note('slow ended');
      return text('slow is done');
    }
    case 'relay': {
      asked += 1;
      const question = `q${asked}`;
      write({ id: question, method: args.method, params: args.params });
      return text(JSON.stringify(await new Promise((resolve) => answers.set(question, resolve))));
    }
    case 'ask': {
      asked += 1;
      const question = `q${asked}`;
      note('asked');
      write({
        id: question,
        method: 'elicitation/create',
        params: {
          message: 'Really?',
          requestedSchema: { type: 'object', properties: { sure: { type: 'boolean' } } },
        },
      });
      const answer = await new Promise((resolve) => answers.set(question, resolve));
      note('answered');
      return text(JSON.stringify(answer));
    }
    case 'die':
      note('died');
      return process.exit(1);
    case 'large':
      return text('x'.repeat(args.bytes));
    case 'refuse':
      throw Object.assign(new Error('the shelf is locked'), { code: -32_603 });
    case 'environment':
      return text(JSON.stringify(Object.keys(process.env).sort()));
    default:
      return text(`nothing to do for ${name}`);
  }
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { id, method, params, result, error } = JSON.parse(line);
  if (method === undefined) {
    answers.get(id)?.(result ?? error);
    return;
  }
  if (method === 'notifications/cancelled') {
    note('cancelled');
    running.get(params.requestId)?.abort();
  }
  if (id === undefined) return;
  if (method === 'server/discover' && has('ends-on-probe')) process.exit(0);
  if (method === 'initialize') {
    const { protocolVersion } = params;
    const serverInfo = { name: 'fixture', version: '1' };
    write({
      id,
      result: { protocolVersion, capabilities: { tools: {}, logging: {} }, serverInfo },
    });
    write({
      method: 'notifications/message',
      params: { level: 'warning', data: 'the shelf is old' },
    });
  } else if (method === 'tools/list') {
    const from = Number(params?.cursor ?? 0);
    const next = from + 100;
    write({
      id,
      result: {
        tools: TOOLS.slice(from, next),
        ...(next < TOOLS.length && { nextCursor: String(next) }),
      },
    });
  } else if (method === 'tools/call') {
    if (params.name === 'rich') {
      process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":${RICH_JSON}}\n`);
      return;
    }
    await call(id, params).then(
      (answer) => write({ id, result: answer }),
      (thrown) => {
        if (thrown.name !== 'AbortError') {
          write({ id, error: { code: thrown.code ?? -32_603, message: thrown.message } });
        }
      },
    );
  } else {
    write({ id, error: { code: -32_601, message: `no method ${method}` } });
  }
});
if (!has('stays')) process.stdin.on('end', () => process.exit(0));
else setInterval(() => undefined, 1_000);
