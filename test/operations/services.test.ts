import { expect, test } from '@jest/globals';
import { createTestHost } from '../support/operations/context.ts';
import { createServices, type Service } from '../../src/operations/services.ts';

interface Named extends AsyncDisposable {
  readonly name: string;
}

/** A service that writes down what becomes of it. */
function declare(name: string, events: string[], refusals = 0): Service<Named> {
  let refused = 0;
  return {
    open: async ({ secret }) => {
      events.push(`open ${name} with ${await secret('env:TOKEN')}`);
      refused += 1;
      if (refused <= refusals) throw new Error(`${name} is away`);
      return {
        name,
        [Symbol.asyncDispose]: async () => {
          events.push(`close ${name}`);
          if (name === 'stubborn') throw new Error('stubborn stays');
        },
      };
    },
  };
}

const host = { ...createTestHost(), secret: async (reference: string) => reference };

test('a service is opened when it is first asked for, once, however many ask', async () => {
  const events: string[] = [];
  const pool = declare('pool', events);
  await using services = createServices(host);
  expect(events).toEqual([]);
  const both = await Promise.all([services.get(pool), services.get(pool)]);
  expect(both[0]).toBe(both[1]);
  expect(await services.get(pool)).toBe(both[0]);
  expect(events).toEqual(['open pool with env:TOKEN']);
});

test('two services of one shape are two', async () => {
  await using services = createServices(host);
  const one = await services.get(declare('pool', []));
  expect(await services.get(declare('pool', []))).not.toBe(one);
});

test('one that could not be opened is opened by the next that asks', async () => {
  const events: string[] = [];
  const pool = declare('pool', events, 1);
  await using services = createServices(host);
  await expect(services.get(pool)).rejects.toThrow('pool is away');
  expect(await services.get(pool)).toMatchObject({ name: 'pool' });
});

test('one whose opening throws at once can be asked for again', async () => {
  let calls = 0;
  const service: Service<AsyncDisposable> = {
    open: () => {
      calls += 1;
      throw new Error('not today');
    },
  };
  await using services = createServices(host);
  await expect(services.get(service)).rejects.toThrow('not today');
  await expect(services.get(service)).rejects.toThrow('not today');
  expect(calls).toBe(2);
});

test('services are closed in reverse, each although another could not be', async () => {
  const events: string[] = [];
  const services = createServices(host);
  for (const name of ['first', 'stubborn', 'last']) await services.get(declare(name, events));
  await expect(services.get(declare('absent', [], 1))).rejects.toThrow('absent is away');
  events.length = 0;
  await expect(services[Symbol.asyncDispose]()).rejects.toThrow('stubborn stays');
  expect(events).toEqual(['close last', 'close stubborn', 'close first']);
});
