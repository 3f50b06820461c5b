// Encryption of payloads, on their way between this process and Temporal. A payload is encrypted whole, its own metadata
// with it; outside stand the names of the key, of the algorithm and of the workflow that it belongs to, or of the activity, where that is
// all of a task. Invariant: these names are authenticated, so a payload that was put into another one is not read there.
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common';
import proto from '@temporalio/proto';
import { OperationError } from '../../contract/errors.ts';
import { decrypt, encrypt, NO_KEYS, type Keyring } from '../../encryption/index.ts';

/** How Temporal's own tools call an encrypted payload. */
const ENCODING = 'binary/encrypted';

const ALGORITHM = 'AES-256-GCM';

/** The metadata of an encrypted payload. */
const KEYS = {
  encoding: 'encoding',
  algorithm: 'encryption-algorithm',
  keyId: 'encryption-key-id',
  workflow: 'encryption-workflow-id',
  activity: 'encryption-activity-id',
} as const;

const { Payload: ProtoPayload } = proto.temporal.api.common.v1;

/**
 * Creates the codec. What is not encrypted is read as it is: tasks from before there were keys, and what an operator sends.
 *
 * Decoding fails with `INTERNAL` when a key is not there, and when a payload is not what was written for its workflow.
 */
export function createPayloadCodec(keyring: Keyring): PayloadCodec {
  return {
    encode: async (payloads, context) =>
      toPromise(() => payloads.map((payload) => encode(keyring, payload, toOwner(context)))),
    decode: async (payloads, context) =>
      toPromise(() => payloads.map((payload) => decode(keyring, payload, toOwner(context)))),
  };
}

/** The codec of a worker without keys: what is encrypted is left to another worker, and not taken for a failed attempt. */
export const KEYLESS_CODEC: PayloadCodec = {
  encode: async (payloads) => Promise.resolve(payloads),
  decode: async (payloads) => toPromise(() => payloads.map((payload) => decode(NO_KEYS, payload))),
};

async function toPromise<Value>(get: () => Value): Promise<Value> {
  return new Promise((resolve) => {
    resolve(get());
  });
}

/** To what a payload belongs. */
interface Owner {
  readonly kind: 'workflow' | 'activity';
  readonly id: string;
}

/** `null` where it is not known; an activity of a workflow belongs to the workflow. */
function toOwner(context: SerializationContext | undefined): Owner | null {
  const { workflowId = '' } = context ?? {};
  if (workflowId !== '') return { kind: 'workflow', id: workflowId };
  const { activityId = '' } = context?.type === 'activity' ? context : {};
  return activityId === '' ? null : { kind: 'activity', id: activityId };
}

function encode({ active }: Keyring, payload: Payload, owner: Owner | null): Payload {
  const plaintext = ProtoPayload.encode(payload).finish();
  return {
    metadata: {
      [KEYS.encoding]: Buffer.from(ENCODING),
      [KEYS.algorithm]: Buffer.from(ALGORITHM),
      [KEYS.keyId]: Buffer.from(active.id),
      ...(owner && { [KEYS[owner.kind]]: Buffer.from(owner.id) }),
    },
    data: encrypt(active.secret, plaintext, toBound(active.id, owner)),
  };
}

/** @param place where the payload was found, as far as that is known */
function decode(
  keyring: Pick<Keyring, 'get'>,
  payload: Payload,
  place: Owner | null = null,
): Payload {
  if (read(payload, KEYS.encoding) !== ENCODING) return payload;
  const algorithm = read(payload, KEYS.algorithm);
  if (algorithm !== ALGORITHM) {
    throw new OperationError(
      'INTERNAL',
      `a payload was encrypted with another algorithm than ${ALGORITHM}: not by Longhaul, or by a later version`,
    );
  }
  const { id, secret } = keyring.get(read(payload, KEYS.keyId));
  const owner = readOwner(payload);
  if (owner && place && (owner.kind !== place.kind || owner.id !== place.id)) {
    throw new OperationError(
      'INTERNAL',
      `an encrypted payload was found in another ${place.kind} than the one that it was written for`,
    );
  }
  return ProtoPayload.decode(decrypt(secret, payload.data ?? new Uint8Array(), toBound(id, owner)));
}

function readOwner(payload: Payload): Owner | null {
  const workflow = read(payload, KEYS.workflow);
  if (workflow !== '') return { kind: 'workflow', id: workflow };
  const activity = read(payload, KEYS.activity);
  return activity === '' ? null : { kind: 'activity', id: activity };
}

function read({ metadata }: Payload, key: string): string {
  const bytes = metadata?.[key];
  return bytes ? Buffer.from(bytes).toString() : '';
}

function toBound(keyId: string, owner: Owner | null): string {
  const words = ['longhaul payload', keyId, owner?.id ?? ''];
  return JSON.stringify(owner?.kind === 'activity' ? [...words, 'activity'] : words);
}
