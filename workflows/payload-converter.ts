// How values become payloads and come back, on both sides of the sandbox: as the SDK does by default, but no number loses a
// digit. What is written is the same.
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
  ValueError,
  type Payload,
} from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding.js';
import { parseJson } from '../src/contract/json/exact-number.ts';

class ExactJsonPayloadConverter extends JsonPayloadConverter {
  override fromPayload({ data }: Payload): never {
    if (data === undefined || data === null) throw new ValueError('Got payload with no data');
    return parseJson(decode(data)) as never;
  }
}

export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new ExactJsonPayloadConverter(),
);
