import { describe, expect, test } from '@jest/globals';
import { answer, toExchange, type Guard, type Route } from '../../../src/mcp/http/exchange.ts';
import { listen } from '../../../src/http/server.ts';

const route = (matches: string, guards: readonly Guard[]): Route => ({
  matches: ({ path }) => path === matches,
  guards,
  answer: ({ response }) => {
    response.end(matches);
  },
});

const pass: Guard = () => null;
const refuse: Guard = () => ({ status: 403, message: 'no', headers: { allow: 'GET' } });
const fail: Guard = () => {
  throw new Error('a guard behind a refusal was asked');
};

describe('a route', () => {
  test.each([
    ['answers what all its guards let pass', [pass, pass], 200, '/'],
    ['answers without guards', [], 200, '/'],
    ['refuses at the first guard that does', [pass, refuse, fail], 403, '"message":"no"'],
  ])('%s', async (_, guards, status, text) => {
    const routes = [route('/other', [fail]), route('/', guards), route('/', [fail])];
    const setWith = { host: '', port: '' };
    await using server = await listen(
      { host: '127.0.0.1', port: 0, setWith },
      async (request, response) => {
        await answer(routes, toExchange(request, response, null));
      },
    );
    const answered = await fetch(`${server.origin}/?x`);
    expect(answered.status).toBe(status);
    expect(await answered.text()).toContain(text);
  });
});
