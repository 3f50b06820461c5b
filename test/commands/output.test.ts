// What a configuration in code prints never comes between Longhaul's answers: neither under stdio, in whatever way it prints, nor
// in what a script reads.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { bareEnvironment, CLI, createHome } from '../support/processes/home.ts';

const LIMIT_MS = 300_000;

const PRINTING = `
console.log('by log');
console.dir({ by: 'dir' });
console.table([{ by: 'table' }]);
process.stdout.write('by stdout\\n');
export default () => {
  console.log('by call');
  return { server: { transport: 'stdio' } };
};
`;

const PRINTING_ELSEWHERE = `
import { execSync } from 'node:child_process';
import { writeSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
writeSync(1, 'by descriptor\\n');
execSync('echo by child', { stdio: 'inherit' });
const worker = new Worker("console.log('by worker')", { eval: true });
await new Promise((resolve) => worker.once('exit', resolve));
setTimeout(() => console.log('by timer'), 0);
${PRINTING}`;

test.each([[['stdio', '--config', 'longhaul.config.mjs']], [[]]])(
  'nothing that a configuration prints reaches the client (%j)',
  async (args) => {
    await using home = await createHome();
    await writeFile(join(home.path, 'longhaul.config.mjs'), PRINTING_ELSEWHERE);
    const child = spawn(process.execPath, [CLI, ...args], {
      cwd: home.path,
      env: bareEnvironment({ LONGHAUL_CONFIG: 'longhaul.config.mjs' }),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const clientInfo = { name: 'raw', version: '1' };
    const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo };
    for (const message of [
      { id: 1, method: 'initialize', params },
      { method: 'notifications/initialized' },
      { id: 2, method: 'tools/list' },
    ]) {
      child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    }
    while (!stdout.includes('"id":2')) await once(child.stdout, 'data');
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
    const messages = stdout.trimEnd().split('\n');
    expect(messages.map((line) => (JSON.parse(line) as { id: number }).id)).toEqual([1, 2]);
    const ways = ['log', 'stdout', 'descriptor', 'child', 'worker', 'timer'];
    expect(ways.filter((way) => !stderr.includes(`by ${way}`))).toEqual([]);
    expect(stderr).toContain("{ by: 'dir' }");
    expect(stderr).toContain('table');
    expect(stderr.match(/by call/g)).toHaveLength(1);
  },
  LIMIT_MS,
);

test('what a script reads is the answer alone', async () => {
  await using home = await createHome();
  await writeFile(join(home.path, 'longhaul.config.mjs'), PRINTING);
  const checked = await home.run(['doctor', '--json', '--port', '0']);
  expect(JSON.parse(checked.stdout)).toHaveProperty('checks');
  const added = await home.run(['token', 'add', 'ci']);
  expect(added.stdout).toMatch(/^longhaul_[\w-]+\n$/);
  for (const { stderr } of [checked, added]) {
    expect(stderr).toContain('by log\n');
    expect(stderr).toContain('by stdout\n');
  }
});
