// What the real Claude Code makes of what stands in `_meta` for it (src/mcp/client-hints.ts), as its model is shown it. `node
// tools/claude-code.js` says why it cannot be had where these are skipped.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { startGateway, type Running } from '../support/gateways/http-gateway.ts';
import { CLAUDE_CODE, startClaudeCode } from './claude-code.ts';
import { startMessagesApi, type MessagesApi, type ScriptedCall } from './messages-api.ts';

const LIMIT_MS = 120_000;

/** Answers of 60,000 characters fit into it, and would go into a file of Claude Code's by themselves. */
const tools = { pair: true, typed: true, inlineWaitSeconds: 3, answerBudgetTokens: 20_000 };
const LARGE = 'word '.repeat(12_000);

const own = (name: string) => `mcp__longhaul__${name}`;
const search = (query: string): ScriptedCall => ({ name: 'ToolSearch', input: { query } });

async function complete({ tasks }: Running): Promise<string> {
  const request = { operation: 'sleep', parameters: { seconds: 1 }, idempotencyKey: 'large' };
  const { taskRef } = (await tasks.start({ principal: 'local' }, request)).task;
  tasks.set(taskRef, { status: 'completed', result: LARGE, attempt: 1 });
  return taskRef;
}

async function untilShown(model: MessagesApi, count: number): Promise<void> {
  while (model.results.length < count) await sleep(100);
}

async function expectHintsToBeTaken(): Promise<void> {
  await using gateway = await startGateway({}, { tools });
  const task_ref = await complete(gateway);
  await using model = await startMessagesApi([
    { name: own('resolve_task_status'), input: { task_ref } },
    search('slow started'),
  ]);
  const urls = { mcpUrl: gateway.url, modelUrl: model.url };
  await using claude = await startClaudeCode('print', urls);
  await claude.exit;

  const shown = (model.turns[0]?.tools ?? []).map(({ name }) => name);
  expect(shown.filter((name) => name.startsWith(own('')))).toEqual([
    own('initiate_background_task'),
    own('resolve_task_status'),
  ]);
  const [answer, found] = model.results;
  expect(answer).toContain(LARGE);
  expect(found).toContain(own('list_operations'));
}

async function expectNoteToBeShown(): Promise<void> {
  await using gateway = await startGateway();
  await using model = await startMessagesApi([
    search(`select:${own('sleep')}`),
    { name: own('sleep'), input: { seconds: 60, idempotency_key: 'mine' } },
  ]);
  const urls = { mcpUrl: gateway.url, modelUrl: model.url };
  await using claude = await startClaudeCode('interactive', urls);
  await Promise.race([untilShown(model, 2), claude.exit]);

  const [task] = (await gateway.tasks.list({ principal: 'local' }, { limit: 1 })).tasks;
  const note = `sleep runs in the background. Its task_ref is ${task!.taskRef}, its idempotency_key`;
  expect(model.results[1]).toContain('<mcp-server-note>');
  expect(model.results[1]).toContain(note);
}

for (const [title, expectIt] of [
  [
    'the pair is shown at once, others are found by their hints, and an answer within the budget is shown whole',
    expectHintsToBeTaken,
  ],
  ['a native task is put before the model with its handle and its key', expectNoteToBeShown],
] as const) {
  (CLAUDE_CODE === '' ? test.skip : test)(title, expectIt, LIMIT_MS);
}
