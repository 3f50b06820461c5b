// Payloads as the Temporal UI and CLI send them: protobuf's JSON, with bytes in Base64. Source: the codec server protocol,
// github.com/temporalio/samples-go, codec-server/protocol.md.
import type { Payload } from '@temporalio/common';
import { isJsonObject, type Json } from '../contract/json.ts';

export interface PayloadsJson {
  readonly payloads: readonly Json[];
}

/** Reads `{ payloads: [{ metadata, data }] }`; `null` when it is something else. */
export function parsePayloads(body: unknown): Payload[] | null {
  if (!isJsonObject(body)) return null;
  const { payloads = [] } = body;
  if (!Array.isArray(payloads)) return null;
  const parsed = payloads.map(parsePayload);
  return parsed.every((payload) => payload !== null) ? parsed : null;
}

function parsePayload(value: Json): Payload | null {
  if (!isJsonObject(value)) return null;
  const { metadata = {}, data = '' } = value;
  if (!isJsonObject(metadata) || typeof data !== 'string') return null;
  const entries = Object.entries(metadata);
  if (!entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    return null;
  }
  return {
    metadata: Object.fromEntries(entries.map(([key, text]) => [key, Buffer.from(text, 'base64')])),
    data: Buffer.from(data, 'base64'),
  };
}

export function toPayloadsJson(payloads: readonly Payload[]): PayloadsJson {
  return { payloads: payloads.map(toPayloadJson) };
}

function toPayloadJson({ metadata, data }: Payload): Json {
  const entries = Object.entries(metadata ?? {});
  return {
    metadata: Object.fromEntries(entries.map(([key, bytes]) => [key, toBase64(bytes)])),
    data: toBase64(data ?? new Uint8Array()),
  };
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
