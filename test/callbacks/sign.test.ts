import { describe, expect, test } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { toKey, toSignedHeaders } from '../../src/callbacks/sign.ts';
import { NEW_SECRET, SECRET } from '../support/peers/callback-receiver.ts';

const signed = { id: 'msg_1', timestamp: Math.floor(Date.now() / 1000), body: '{"a":"ä"}' };

describe('a signature', () => {
  test('is the one that the reference library makes', () => {
    const headers = toSignedHeaders(signed, [toKey(SECRET)]);
    const { id, timestamp, body } = signed;
    expect(headers['webhook-signature']).toBe(
      new Webhook(SECRET).sign(id, new Date(timestamp * 1000), body),
    );
    expect(headers['webhook-timestamp']).toBe(String(timestamp));
    expect(headers['webhook-id']).toBe(id);
  });

  test('is there for each of two secrets: a receiver that knows either takes it', () => {
    const headers = toSignedHeaders(signed, [toKey(NEW_SECRET), toKey(SECRET)]);
    for (const secret of [SECRET, NEW_SECRET]) {
      expect(new Webhook(secret).verify(signed.body, headers)).toEqual({ a: 'ä' });
    }
    expect(headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
  });

  test('covers id, time and body', () => {
    const headers = toSignedHeaders(signed, [toKey(SECRET)]);
    const receiver = new Webhook(SECRET);
    const later = { ...headers, 'webhook-timestamp': String(signed.timestamp + 1) };
    expect(() => receiver.verify('{"a":"b"}', headers)).toThrow();
    expect(() => receiver.verify(signed.body, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
    expect(() => receiver.verify(signed.body, later)).toThrow();
  });
});

describe('a secret', () => {
  test.each([
    ['without its prefix', Buffer.alloc(24).toString('base64')],
    ['too short', `whsec_${Buffer.alloc(23).toString('base64')}`],
    ['too long', `whsec_${Buffer.alloc(65).toString('base64')}`],
    ['that is no base64', 'whsec_not base64 at all, though it is long enough'],
    ['of the asymmetric scheme', `whsk_${Buffer.alloc(32).toString('base64')}`],
    ['that is empty', ''],
  ])('%s is refused, and not told', (_, secret) => {
    expect(() => toKey(secret)).toThrow('expected whsec_ and the base64 of 24 to 64 random bytes');
  });
});
