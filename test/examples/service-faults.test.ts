// What goes wrong at every service of examples/services: each time the truth about the job is told.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ERRORS, OperationError } from '../../src/contract/errors.ts';
import type { Json } from '../../src/contract/json.ts';
import { UnreadPoll } from '../../src/operations/poll-error.ts';
import type { UpstreamAnswer } from '../support/peers/upstream.ts';
import { createTestContext } from '../support/operations/context.ts';
import {
  SECRETS,
  SERVICES,
  startServicePeers,
  type Breaks,
  type ServicePeers,
} from './open-service.ts';

let peers: ServicePeers;

beforeAll(async () => {
  peers = await startServicePeers();
});
afterAll(async () => peers[Symbol.asyncDispose]());

const HTML = { 'content-type': 'text/html' };
const names = Object.keys(SERVICES);

/** Answers the polls of these numbers in another way. */
const atPoll =
  (answer: UpstreamAnswer, ...numbers: readonly number[]): Breaks =>
  (role, nth) =>
    role === 'poll' && (numbers.length === 0 || numbers.includes(nth)) ? answer : undefined;

const atSubmit =
  (answer: UpstreamAnswer): Breaks =>
  (role) =>
    role === 'submit' ? answer : undefined;

const resets =
  (wanted: 'submit' | 'poll', ...numbers: readonly number[]): Breaks =>
  (role, nth, response) => {
    if (role !== wanted || !numbers.includes(nth)) return undefined;
    response.destroy();
    return 'taken';
  };

interface Followed {
  /** Absent where the job was given up. */
  readonly result?: Json;
  /** What the polls threw that another poll follows. */
  readonly passing: readonly OperationError[];
  /** What ended the polling without a result. */
  readonly end?: unknown;
}

/** Submits and polls as the engine does: what may pass is followed by another poll. */
async function follow(name: string, breaks: Breaks): Promise<Followed> {
  const { parameters } = SERVICES[name]!;
  const { steps } = await peers.open(name, 'ok', breaks);
  const context = createTestContext({ env: SECRETS });
  let { handle } = await steps.submit(parameters, context);
  const passing: OperationError[] = [];
  for (let polls = 0; polls < 9; polls += 1) {
    try {
      const seen = await steps.poll({ parameters, handle }, context);
      if (seen.done) return { result: seen.result, passing };
      handle = seen.handle ?? handle;
    } catch (thrown) {
      if (!(thrown instanceof OperationError)) throw thrown;
      const { retryable } = ERRORS[thrown.code];
      if (!(thrown instanceof UnreadPoll ? thrown.again : retryable))
        return { passing, end: thrown };
      passing.push(thrown);
    }
  }
  return { passing };
}

describe('a poll', () => {
  test.each(names)('of %s that is answered badly for a while changes nothing', async (name) => {
    const { result } = SERVICES[name]!;
    const busy = { status: 429, headers: { 'retry-after': '2' } };
    const broken: readonly [string, Breaks][] = [
      ['busy', atPoll(busy, 1)],
      ['ill', atPoll(500, 1, 2)],
      ['proxy', atPoll({ status: 502, headers: HTML, body: '<h1>502</h1>' }, 2)],
      ['reset', resets('poll', 2, 3)], // one over a kept connection is sent again
      ['gone', atPoll(404, 1)],
      ['renewed', atPoll(401, 1)],
      ['large', atPoll({ body: { padding: 'x'.repeat(400_000) } }, 1)],
      ['cut', atPoll({ headers: { 'content-type': 'application/json' }, body: '{"id":' }, 1)],
    ];
    for (const [called, breaks] of broken) {
      const followed = await follow(name, breaks);
      expect({ called, ...followed }).toMatchObject({ called, result });
      expect(followed.passing.length).toBeGreaterThan(0);
    }
  });

  test.each(names)('of %s that is answered with a page for people brings none', async (name) => {
    const page = { headers: HTML, body: '<html>Scheduled maintenance</html>' };
    const { result, passing } = await follow(name, atPoll(page, 1));
    expect({ result, passing: passing.length }).toEqual({
      result: SERVICES[name]?.result,
      passing: 1,
    });
  });

  test.each(names)(
    'of %s that is always refused never says that the job has ended',
    async (name) => {
      for (const status of [401, 403, 404]) {
        const { result, end, passing } = await follow(name, atPoll(status));
        expect({ result, end }).toEqual({ result: undefined, end: undefined });
        expect(passing.map((error) => error instanceof UnreadPoll)).not.toContain(false);
      }
    },
  );
});

describe('a submit', () => {
  const submit = async (name: string, breaks: Breaks) => {
    const { parameters } = SERVICES[name]!;
    const { steps, job } = await peers.open(name, 'ok', breaks);
    const context = createTestContext({ env: SECRETS });
    const thrown: unknown = await steps
      .submit(parameters, context)
      .catch((error: unknown) => error);
    return { thrown, submits: job.counts.submit };
  };

  test.each(names)('of %s that was taken is never told as refused', async (name) => {
    const page = { status: 201, headers: HTML, body: '<html>ok</html>' };
    for (const [called, breaks] of [
      ['lost', resets('submit', 1)],
      ['page', atSubmit(page)],
      ['cut', atSubmit({ headers: { 'content-type': 'application/json' }, body: '{"id":' })],
      ['large', atSubmit({ body: { padding: 'x'.repeat(400_000) } })],
    ] as const) {
      const { thrown, submits } = await submit(name, breaks);
      expect({ called, thrown, submits }).toMatchObject({
        called,
        thrown: { code: 'OUTCOME_UNKNOWN' },
        submits: 1,
      });
    }
  });

  test.each(names)('of %s that was refused says so, and when to come back', async (name) => {
    const limited = { status: 429, headers: { 'retry-after': '3' }, body: { error: 'slow down' } };
    const { thrown } = await submit(name, atSubmit(limited));
    expect(thrown).toMatchObject({ code: 'RATE_LIMITED', retryAfterMs: 3_000 });
    const refused = await submit(name, atSubmit({ status: 400, body: { error: 'no such thing' } }));
    expect(refused.thrown).toMatchObject({ code: 'UPSTREAM_REJECTED' });
    expect(JSON.stringify((refused.thrown as OperationError).details)).toContain('no such thing');
  });
});
