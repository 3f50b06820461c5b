import { describe, expect, test } from '@jest/globals';
import { LIST, modernHeaders, send, toModern } from '../../support/gateways/http-gateway.ts';
import { METADATA_URL, startGuardedGateway } from './guarded-gateway.ts';

describe('a request without a token', () => {
  test('is told where to get one, and which', async () => {
    await using running = await startGuardedGateway();
    const answer = await send(running.url, { headers: modernHeaders, body: LIST });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer resource_metadata="${METADATA_URL}", scope="tasks:read tasks:write"`,
    );
  });

  test('is told no place where there is no authorization server', async () => {
    await using running = await startGuardedGateway(null);
    const answer = await send(running.url, { headers: modernHeaders, body: LIST });
    expect(answer.headers['www-authenticate']).toBe(
      'Bearer realm="longhaul", scope="tasks:read tasks:write"',
    );
    const page = running.page('/.well-known/oauth-protected-resource/mcp');
    expect((await send(page, { method: 'GET' })).status).toBe(404);
  });

  test.each(['GET', 'DELETE', 'OPTIONS', 'PUT'])(
    'is refused by any method (%s)',
    async (method) => {
      await using running = await startGuardedGateway();
      expect((await send(running.url, { method })).status).toBe(401);
    },
  );

  test('sees the health pages', async () => {
    await using running = await startGuardedGateway();
    for (const path of ['/healthz', '/readyz']) {
      expect((await send(running.page(path), { method: 'GET' })).status).toBe(200);
    }
  });
});

describe('a request with a token that is not taken', () => {
  test.each([
    ['unknown', (good: string) => `${good}x`, 'the token is not known'],
    [
      'of another scheme',
      (good: string) => good.replace('Bearer', 'Basic'),
      'the Authorization header is not "Bearer" and a token',
    ],
    [
      'two tokens',
      (good: string) => `${good} ${good}`,
      'the Authorization header is not "Bearer" and a token',
    ],
    ['a list', (good: string) => `${good},x`, 'the token has characters that no bearer token has'],
    ['empty', () => 'Bearer ', 'the Authorization header is not "Bearer" and a token'],
  ])('%s: is told why, and the token is nowhere in the answer', async (_, spoil, reason) => {
    await using running = await startGuardedGateway();
    const authorization = spoil(running.headerOf('writer'));
    const answer = await send(running.url, {
      headers: { ...modernHeaders, authorization },
      body: LIST,
    });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).toBe(
      `Bearer error="invalid_token", error_description="${reason.replaceAll('"', "'")}", ` +
        `resource_metadata="${METADATA_URL}", scope="tasks:read tasks:write"`,
    );
    const [, secret] = authorization.split(/[ ,]/);
    expect(JSON.stringify(answer)).not.toContain(secret === '' ? 'longhaul_' : secret);
  });

  test('in the query is as good as without', async () => {
    await using running = await startGuardedGateway();
    const token = running.headerOf('writer').slice('Bearer '.length);
    const url = `${running.url}?access_token=${token}`;
    const answer = await send(url, { headers: modernHeaders, body: LIST });
    expect(answer.status).toBe(401);
    expect(answer.headers['www-authenticate']).not.toContain('error=');
    expect(JSON.stringify(running.logged)).not.toContain(token);
  });

  test('that is sent twice is refused, whichever is good', async () => {
    await using running = await startGuardedGateway();
    const good = running.headerOf('writer');
    const raw = await fetch(running.url, {
      method: 'POST',
      headers: [
        ['content-type', 'application/json'],
        ['authorization', good],
        ['authorization', 'Bearer other'],
      ],
      body: LIST,
    });
    expect(raw.status).toBe(401);
  });

  test('and was removed from the file stops working', async () => {
    await using running = await startGuardedGateway();
    expect((await running.call('writer', 'list_operations', {})).status).toBe(200);
    await running.guard.clear();
    for (;;) {
      if ((await running.call('writer', 'list_operations', {})).status === 401) break;
    }
    expect(running.guard.problems).toEqual([]);
  });
});

describe('a caller', () => {
  test('gets on with its token, and no log has it', async () => {
    await using running = await startGuardedGateway();
    const sleep = { operation_type: 'sleep', parameters: { seconds: 1 } };
    const answer = await running.call('sleeper', 'initiate_background_task', sleep);
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('"queued');
    expect(JSON.stringify(running.logged)).not.toContain('longhaul_');
  });

  test.each([
    [
      'reader',
      'initiate_background_task',
      { operation_type: 'batch', parameters: { operation: 'echo' } },
      'tasks:read tasks:write',
    ],
    [
      'writer',
      'initiate_background_task',
      { operation_type: 'batch', parameters: { operation: 'sleep', items: [{ parameters: {} }] } },
      'tasks:read tasks:write sleeps:write',
    ],
    [
      'writer',
      'batch',
      { operation: 'sleep', items: [{ parameters: {} }] },
      'tasks:read tasks:write sleeps:write',
    ],
    ['reader', 'cancel_background_task', { task_ref: 'a' }, 'tasks:read tasks:write'],
    ['sleeper', 'resolve_task_status', { task_ref: 'a' }, 'tasks:read tasks:write sleeps:write'],
    [
      'writer',
      'initiate_background_task',
      { operation_type: 'sleep', parameters: { seconds: 1 } },
      'tasks:read tasks:write sleeps:write',
    ],
    ['writer', 'sleep', { seconds: 1 }, 'tasks:read tasks:write sleeps:write'],
    ['nobody', 'list_background_tasks', {}, 'tasks:read'],
  ])(
    '%s who lacks a scope for %s gets 403 with all that it needs',
    async (who, tool, args, scopes) => {
      await using running = await startGuardedGateway();
      const answer = await running.call(who, tool, args);
      expect(answer.status).toBe(403);
      const header = answer.headers['www-authenticate']!;
      expect(header).toMatch(/^Bearer error="insufficient_scope", error_description="[^"]+", /);
      expect(header).toMatch(new RegExp(`resource_metadata="${METADATA_URL}", scope="${scopes}"$`));
    },
  );

  test.each([
    'text/plain',
    'application/json-seq',
    'application/jsonx',
    '',
    'text/plain; a=application/json',
  ])('cannot get past its scopes by another content type (%p)', async (type) => {
    await using running = await startGuardedGateway();
    const name = 'initiate_background_task';
    const answer = await send(running.url, {
      headers: {
        ...modernHeaders,
        'mcp-name': name,
        'content-type': type,
        authorization: running.headerOf('reader'),
      },
      body: toModern('tools/call', {
        name,
        arguments: { operation_type: 'batch', parameters: {} },
      }),
    });
    expect([400, 415]).toContain(answer.status);
    const list = await running.call('reader', 'list_background_tasks', {});
    expect(list.text).toContain('"tasks":[]');
  });

  test('cannot hide a call in a batch', async () => {
    await using running = await startGuardedGateway();
    const call = JSON.parse(
      toModern('tools/call', {
        name: 'initiate_background_task',
        arguments: { operation_type: 'batch', parameters: {} },
      }),
    ) as unknown;
    const authorization = running.headerOf('reader');
    const body = JSON.stringify([JSON.parse(LIST), call]);
    expect((await send(running.url, { headers: { authorization }, body })).status).toBe(403);
  });

  test('without any scope may find out what there is', async () => {
    await using running = await startGuardedGateway();
    expect((await running.call('nobody', 'list_operations', {})).status).toBe(200);
  });

  test('gets everything else as a result, as without authentication', async () => {
    await using running = await startGuardedGateway();
    const answer = await running.call('writer', 'resolve_task_status', { task_ref: 'no' });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('TASK_NOT_FOUND');
  });
});

test('the metadata is where clients look for it, for scripts of any origin', async () => {
  await using running = await startGuardedGateway();
  for (const suffix of ['', '/mcp', '/deep/mcp']) {
    const page = running.page(`/.well-known/oauth-protected-resource${suffix}`);
    const answer = await send(page, { method: 'GET' });
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(JSON.parse(answer.text)).toEqual({
      resource: 'https://longhaul.example.com/deep/mcp',
      authorization_servers: ['https://login.example.com'],
      scopes_supported: ['tasks:read', 'tasks:write'],
      bearer_methods_supported: ['header'],
      resource_name: 'longhaul',
    });
    expect((await send(page, { method: 'POST' })).status).toBe(405);
    expect((await send(page, { method: 'OPTIONS' })).status).toBe(204);
  }
});
