import { describe, expect, test } from '@jest/globals';
import {
  defaultPayloadConverter,
  ensureApplicationFailure,
  type Payload,
  type SerializationContext,
  ValueError,
} from '@temporalio/common';
import fc from 'fast-check';
import { KEY_MISSING } from '../../../src/contract/workflow/task-input.ts';
import { createKeyring } from '../../../src/encryption/index.ts';
import { createPayloadCodec, KEYLESS_CODEC } from '../../../src/temporal/codec/payload-codec.ts';
import { toReadError } from '../../../src/temporal/calls/failure.ts';
import { createTestKey, holds } from '../../encryption/keys.ts';
import { drawSeed } from '../../support/runner/seed.ts';

const seed = drawSeed();
const first = createTestKey('first');
const second = createTestKey('second');
const codec = createPayloadCodec(createKeyring([first]));
const rotated = createPayloadCodec(createKeyring([second, first]));
const late = createPayloadCodec(createKeyring([second]));

const context = (workflowId: string): SerializationContext => ({
  type: 'workflow',
  namespace: 'default',
  workflowId,
});
const MINE = context('mine');
const toPayload = (value: unknown) => defaultPayloadConverter.toPayload(value);
const toValue = (payload: Payload | undefined) => defaultPayloadConverter.fromPayload(payload!);
const text = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString();
const encode = async (value: unknown) => (await codec.encode([toPayload(value)], MINE))[0]!;

describe('an encrypted payload', () => {
  test('is read as it was, whatever JSON it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { maxLength: 5 }), async (values) => {
        const encoded = await codec.encode(values.map(toPayload), MINE);
        const decoded = await codec.decode(encoded, MINE);
        expect(decoded.map(toValue)).toEqual(values.map(toPayload).map(toValue));
      }),
      { seed, numRuns: 100 },
    );
  });

  test('shows its key, its algorithm and its workflow, and nothing of what it holds', async () => {
    const { metadata, data } = await encode({ secret: 'plaintext-marker' });
    expect(Object.fromEntries(Object.entries(metadata!).map(([k, v]) => [k, text(v)]))).toEqual({
      encoding: 'binary/encrypted',
      'encryption-algorithm': 'AES-256-GCM',
      'encryption-key-id': 'first',
      'encryption-workflow-id': 'mine',
    });
    expect(holds(data!, 'plaintext-marker')).toBe(false);
    expect(holds(data!, 'json/plain')).toBe(false);
  });

  test('is read after a rotation, and new ones are under the new key', async () => {
    const old = await encode('old');
    expect(toValue((await rotated.decode([old], MINE))[0])).toBe('old');
    const [fresh] = await rotated.encode([toPayload('new')], MINE);
    expect(text(fresh!.metadata!['encryption-key-id'])).toBe('second');
    expect(toValue((await late.decode([fresh!], MINE))[0])).toBe('new');
  });

  test('is refused without its key, by the name of the key', async () => {
    const refused = late.decode([await encode('old')], MINE);
    // The SDK fails the attempt with it, as a type that lets another worker try.
    expect(ensureApplicationFailure(await refused.catch((error: unknown) => error)).type).toBe(
      KEY_MISSING,
    );
    await expect(refused).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('the key "first"'),
    });
  });

  test('is read in its own workflow, and where nobody knows in which it is', async () => {
    const encoded = await encode('mine');
    expect(toValue((await codec.decode([encoded]))[0])).toBe('mine');
    await expect(codec.decode([encoded], context('another'))).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.stringContaining('another workflow'),
    });
    const moved = {
      ...encoded,
      metadata: { ...encoded.metadata, 'encryption-workflow-id': Buffer.from('another') },
    };
    await expect(codec.decode([moved], context('another'))).rejects.toMatchObject({
      code: 'INTERNAL',
    });
  });

  test('of a task that is one activity is read in its own, and neither in another nor in a workflow of its name', async () => {
    const activity = (activityId: string): SerializationContext => ({
      ...{ type: 'activity', namespace: 'default', activityId, isLocal: false },
    });
    const [encoded] = await codec.encode([toPayload('mine')], activity('mine'));
    expect(text(encoded!.metadata!['encryption-activity-id'])).toBe('mine');
    expect(toValue((await codec.decode([encoded!], activity('mine')))[0])).toBe('mine');
    expect(toValue((await codec.decode([encoded!]))[0])).toBe('mine');
    const named = (name: string, id: string) => {
      const metadata = { ...encoded!.metadata };
      delete metadata['encryption-activity-id'];
      return { ...encoded!, metadata: { ...metadata, [name]: Buffer.from(id) } };
    };
    await Promise.all(
      (
        [
          [encoded!, activity('another')],
          [encoded!, context('mine')],
          [named('encryption-activity-id', 'another'), activity('another')],
          [named('encryption-workflow-id', 'mine'), context('mine')],
        ] as const
      ).map(async ([payload, place]) =>
        expect(codec.decode([payload], place)).rejects.toMatchObject({ code: 'INTERNAL' }),
      ),
    );
    await expect(codec.decode([await encode('mine')], activity('mine'))).rejects.toMatchObject({
      message: expect.stringContaining('another activity'),
    });
  });

  test('of an activity of a workflow belongs to the workflow', async () => {
    const [encoded] = await codec.encode([toPayload('mine')], {
      ...{ type: 'activity', namespace: 'default', workflowId: 'mine', activityId: 'attempt-1' },
      isLocal: false,
    });
    expect(toValue((await codec.decode([encoded!], MINE))[0])).toBe('mine');
  });

  test(`is refused when anything of it was changed (seed ${seed})`, async () => {
    const encoded = await encode({ some: 'value' });
    const metadata = fc
      .tuple(fc.constantFrom(...Object.keys(encoded.metadata!).slice(1)), fc.uint8Array())
      .filter(([key, value]) => text(encoded.metadata![key]) !== text(value))
      .map(([key, value]) => ({ ...encoded, metadata: { ...encoded.metadata, [key]: value } }));
    const bit = fc.nat(encoded.data!.length * 8 - 1).map((index) => {
      const data = Buffer.from(encoded.data!);
      data[index >> 3]! ^= 1 << (index & 7);
      return { ...encoded, data };
    });
    const length = fc.nat(encoded.data!.length - 1).map((bytes) => ({
      ...encoded,
      data: encoded.data!.subarray(0, bytes),
    }));
    const noise = fc.uint8Array({ maxLength: 100 }).map((data) => ({ ...encoded, data }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(metadata, bit, length, noise), async (changed) => {
        await expect(codec.decode([changed])).rejects.toMatchObject({ code: 'INTERNAL' });
      }),
      { seed, numRuns: 300 },
    );
  });

  test.each([
    ['no data', { data: undefined }],
    ['no metadata but its encoding', { metadata: { encoding: Buffer.from('binary/encrypted') } }],
    ['data that is null', { data: null }],
  ])('is refused with %s', async (_, changes) => {
    const changed = { ...(await encode('x')), ...changes } as Payload;
    await expect(codec.decode([changed], MINE)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});

test('what is not encrypted is read as it is', async () => {
  const plain = [toPayload('from before there were keys'), { data: Buffer.from('raw') }, {}];
  await expect(codec.decode(plain, MINE)).resolves.toEqual(plain);
});

test('no payloads are no payloads', async () => {
  await expect(codec.encode([], MINE)).resolves.toEqual([]);
  await expect(codec.decode([], MINE)).resolves.toEqual([]);
});

describe('without keys', () => {
  test('what is encrypted is left to a worker that has them', async () => {
    const refused: unknown = await KEYLESS_CODEC.decode([await encode('x')]).catch(
      (e: unknown) => e,
    );
    expect(ensureApplicationFailure(refused).type).toBe(KEY_MISSING);
    expect(refused).toMatchObject({ message: expect.stringContaining('the keys here (none)') });
  });

  test('everything else is as it is', async () => {
    const plain = [toPayload('x'), {}];
    await expect(KEYLESS_CODEC.decode(plain)).resolves.toEqual(plain);
    await expect(KEYLESS_CODEC.encode(plain)).resolves.toEqual(plain);
  });

  test('a reader is told that they are missing', () => {
    const refused = new ValueError('Unknown encoding: binary/encrypted');
    expect(toReadError(refused).message).toContain('set encryption.keys');
  });
});
