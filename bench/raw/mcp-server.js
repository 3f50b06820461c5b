// An MCP server over stdio that costs nothing: 500 tools, of which one answers at once and one after half a second.
/* global process, setTimeout */
import { createInterface } from 'node:readline';

const inputSchema = { type: 'object', properties: { text: { type: 'string' } } };
const annotations = { readOnlyHint: true };
const names = ['nothing', 'pause', ...Array.from({ length: 498 }, (_, index) => `tool_${index}`)];
const tools = names.map((name) => ({
  ...{ name, description: `The tool ${name}, for measuring.`, inputSchema, annotations },
}));
const answer = { content: [{ type: 'text', text: '{}' }] };

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  const write = (message) =>
    void process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id, ...message })}\n`);
  if (method === 'initialize') {
    const { protocolVersion } = params;
    const serverInfo = { name: 'bench', version: '1' };
    write({ result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
  } else if (method === 'tools/list') write({ result: { tools } });
  else if (method === 'tools/call')
    setTimeout(() => write({ result: answer }), params.name === 'pause' ? 500 : 0);
  else write({ error: { code: -32_601, message: 'no such method' } });
});
