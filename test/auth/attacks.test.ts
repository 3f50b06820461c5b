// The attack table: mallory has a token of her own, knows the name, every handle and every key of alice, and tries each face.
// What she gets must be what she gets for a task that never was, byte for byte, and alice's tasks must not notice.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startGuardedGateway, type GuardedGateway } from './guarded-gateway.ts';
import { callLegacy, callModern, type NativeAnswer } from '../support/clients/json-rpc.ts';
import { ATTACKS, toToolCall, type Attack, type Known } from './attack-table.ts';

let gateway: GuardedGateway;
let running: Known;
let completed: Known;
let cursor: string;

const send = (
  who: string,
  { face, method, params, headers }: Omit<Attack, 'name'>,
  target: Known,
): Promise<NativeAnswer> => {
  const all = { ...headers?.(target), authorization: gateway.headerOf(who) };
  const sent = params(target);
  return face.endsWith(', legacy') || face === '2025-11-25 tasks'
    ? callLegacy(gateway.url, method, sent, all)
    : callModern(gateway.url, method, sent, undefined, { 'mcp-name': toName(sent), ...all });
};

/** The header of a modern request; a handle that no header can carry goes without one. */
const toName = (params: Readonly<Record<string, unknown>>): string | undefined => {
  const name = params['taskId'] ?? params['name'];
  return typeof name === 'string' && /^[\x21-\x7e]+$/.test(name) ? name : undefined;
};

const call = async (who: string, name: string, args: object) => {
  const answer = await send(
    who,
    { face: 'pair, modern', method: 'tools/call', params: () => toToolCall(name, args) },
    running,
  );
  return JSON.parse((answer.result['content'] as { text: string }[])[0]!.text) as Record<
    string,
    unknown
  >;
};

/** A task that never was, in the form of one that is. */
const createUnknown = ({ ref, key }: Known): Known => {
  const other = randomBytes(key.length).toString('hex').slice(0, key.length);
  const lane = /\.a.{22}$/.test(ref) ? 'a' : '';
  const run = `${lane}${randomBytes(16).toString('base64url')}`;
  return { key: other, ref: `${other}.${ref.endsWith('.') ? '' : run}` };
};

/** An answer without what was asked for. */
const toBytes = (answer: NativeAnswer, { ref, key }: Known): string =>
  [ref, encodeURIComponent(ref), ref.toUpperCase(), key].reduce(
    (text, known) => text.replaceAll(known, '<known>'),
    JSON.stringify(answer),
  );

beforeAll(async () => {
  gateway = await startGuardedGateway(['alice', 'mallory', 'eve', 'trudy']);
  running = { ref: '', key: '' };
  const start = async (key: string, args: object): Promise<Known> => {
    const started = await call('alice', 'initiate_background_task', {
      ...args,
      idempotency_key: key,
    });
    return { ref: started['task_ref'] as string, key };
  };
  completed = await start('alices-finished-work', {
    operation_type: 'echo',
    parameters: { value: 'a secret of alice' },
    wait_seconds: 20,
  });
  running = await start('alices-running-work', {
    operation_type: 'work_for_long',
    parameters: { ms: 3_000_000 },
  });
  let page: Record<string, unknown>;
  do page = await call('alice', 'list_background_tasks', { limit: 1 });
  while (page['next_cursor'] === null);
  cursor = page['next_cursor'] as string;
});
afterAll(async () => {
  await call('alice', 'cancel_background_task', { task_ref: running.ref });
  await gateway[Symbol.asyncDispose]();
});

describe.each([
  ['a task that runs', () => running],
  ['a task that has ended', () => completed],
])('against %s', (_, target) => {
  test.each(ATTACKS)('$face: $name', async (attack) => {
    const known = target();
    const unknown = createUnknown(known);
    const [found, missed] = [
      await send('mallory', attack, known),
      await send('mallory', attack, unknown),
    ];
    expect(toBytes(found, known)).toBe(toBytes(missed, unknown));
    expect(JSON.stringify(found)).not.toMatch(/a secret of alice|"(working|processing|completed)"/);
  });

  test('by the same ways its owner reaches it', async () => {
    const reads = ATTACKS.filter(({ name }) => name === 'read it by its handle');
    expect(reads).toHaveLength(4);
    for (const read of reads) {
      const [own, unknown] = [target(), createUnknown(target())];
      const answer = toBytes(await send('alice', read, own), own);
      expect(answer).not.toBe(toBytes(await send('alice', read, unknown), unknown));
    }
  });

  test('the same key with the same request starts a task of her own', async () => {
    const { key, ref } = target();
    const request = {
      operation_type: 'echo',
      parameters: { value: 'a secret of alice' },
      idempotency_key: key,
    };
    const started = await call('mallory', 'initiate_background_task', request);
    expect(started).toMatchObject({ deduplicated: false });
    expect(started['task_ref']).not.toBe(ref);
  });

  test.each([
    ['typed tool, legacy', 'mallory', {}],
    ['extension', 'eve', {}],
    ['2025-11-25 tasks', 'trudy', { task: {} }],
  ] as const)(
    '%s: the same key with the same request starts a task of her own',
    async (face, who, more) => {
      const { key, ref } = target();
      const args = { value: 'a secret of alice', idempotency_key: `${key}-${face.length}` };
      const attack = {
        face,
        method: 'tools/call',
        params: () => ({ ...toToolCall('echo', args), ...more }),
      };
      const hers = JSON.stringify(await send('alice', attack, target()));
      const started = JSON.stringify(await send(who, attack, target()));
      const handle = /[\w~.-]+\.a?[\w-]{22}(?=\\?")/g;
      for (const found of hers.match(handle) ?? []) expect(started).not.toContain(found);
      expect(started).not.toContain(ref);
      expect(started).not.toMatch(/"deduplicated":true|IDEMPOTENCY_KEY_CONFLICT/);
      expect(started).toMatch(/"status":"working"|a secret of alice/);
    },
  );

  test.each(['typed tool, modern', 'typed tool, legacy'] as const)(
    '%s: the same key with another request is a conflict for its owner alone',
    async (face) => {
      const args = { value: 'of mallory', idempotency_key: target().key };
      const attack = { face, method: 'tools/call', params: () => toToolCall('echo', args) };
      const conflict = /IDEMPOTENCY_KEY_CONFLICT/;
      expect(JSON.stringify(await send('alice', attack, target()))).toMatch(conflict);
      const other = face === 'typed tool, modern' ? 'eve' : 'trudy';
      expect(JSON.stringify(await send(other, attack, target()))).not.toMatch(conflict);
    },
  );

  test('the same key with another request is no conflict', async () => {
    const key = `${target().key}-2`;
    const request = (value: string) => ({
      operation_type: 'echo',
      parameters: { value },
      idempotency_key: key,
    });
    await call('alice', 'initiate_background_task', request('of alice'));
    expect(await call('mallory', 'initiate_background_task', request('of mallory'))).toMatchObject({
      deduplicated: false,
    });
  });

  test('her own task of the same key opens no way to the other', async () => {
    const attacks = ATTACKS.filter(({ name }) => name.endsWith('by its handle'));
    expect(attacks).not.toHaveLength(0);
    for (const attack of attacks) {
      const answer = await send('mallory', attack, target());
      expect(JSON.stringify(answer)).not.toMatch(
        /a secret of alice|"(working|processing|completed)"/,
      );
      expect(JSON.stringify(answer)).toMatch(/TASK_NOT_FOUND|Task not found|Unknown tool/);
    }
  });
});

describe('against all tasks', () => {
  test.each(['pair, modern', 'pair, legacy'] as const)('%s: listing shows none', async (face) => {
    const params = () => toToolCall('list_background_tasks', { limit: 100 });
    const answer = await send('mallory', { face, method: 'tools/call', params }, running);
    expect(JSON.stringify(answer)).not.toContain(running.ref);
    expect(JSON.stringify(answer)).not.toContain(completed.ref);
  });

  test('2025-11-25 tasks: listing shows none', async () => {
    const answer = await send(
      'mallory',
      { face: '2025-11-25 tasks', method: 'tasks/list', params: () => ({}) },
      running,
    );
    expect(JSON.stringify(answer)).not.toContain(running.ref);
  });

  test.each(['pair, modern', '2025-11-25 tasks'] as const)(
    '%s: her cursor leads to none',
    async (face) => {
      const attack =
        face === 'pair, modern'
          ? {
              face,
              method: 'tools/call',
              params: () => toToolCall('list_background_tasks', { cursor, limit: 100 }),
            }
          : { face, method: 'tasks/list', params: () => ({ cursor }) };
      const answer = JSON.stringify(await send('mallory', attack, running));
      expect(answer).not.toContain(running.ref);
      expect(answer).not.toContain(completed.ref);
    },
  );
});

test('none of it reached the tasks', async () => {
  expect(await call('alice', 'resolve_task_status', { task_ref: running.ref })).toMatchObject({
    status: 'processing',
  });
  expect(await call('alice', 'resolve_task_status', { task_ref: completed.ref })).toMatchObject({
    status: 'completed',
    result: 'a secret of alice',
  });
});
