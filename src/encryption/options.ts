// The options of `encryption`: with what the contents of tasks are encrypted, and who may read them in the Temporal UI.
// Invariant: a key stands here by reference alone.
import * as z from 'zod';
import { OPTIONAL_BRACES, SECRET_EXPECTED } from '../contract/secret-reference.ts';
import { KEY_ID } from './index.ts';

const REFERENCE = `${SECRET_EXPECTED}, never a key itself`;

/** Where a key is; braces, as operations write references, are as good. */
const reference = z
  .string()
  .regex(OPTIONAL_BRACES, `expected ${REFERENCE}`)
  .meta({ expected: REFERENCE });

const key = z.strictObject({
  id: z.string().regex(KEY_ID).meta({
    expected: 'a name of up to 64 letters, digits, ".", "_" and "-"',
  }),
  key: reference,
});

/** Origin of a web page, as a browser sends it. */
const origin = z
  .string()
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, 'expected an origin')
  .meta({ expected: 'an origin such as https://temporal.example.com' });

export const encryption = z
  .strictObject({
    keys: z.array(key).max(20).default([]).meta({
      description:
        'Keys of 32 bytes in Base64, by reference: the first encrypts what tasks carry, all decrypt. None: nothing is encrypted.',
      expected: 'a list of { id, key }',
      worker: true,
    }),
    nameKey: reference
      .nullable()
      .default(null)
      .describe(
        'Secret of the installation, which every gateway has and which is never changed: the keys that upstreams see are made with it, and, ' +
          'with `encryption.keys`, workflow ids. Needed with `encryption.keys`. `null`: the one of the data directory; for a cluster, ' +
          'one that follows from its namespace.',
      ),
    codecHost: z.string().min(1).default('127.0.0.1').meta({
      description: 'Address that `longhaul codec` listens on.',
    }),
    codecPort: z.int().min(0).max(65_535).default(7401).meta({
      description: 'Port that `longhaul codec` listens on; 0 takes a free one.',
    }),
    codecOrigins: z.array(origin).default([]).meta({
      description: 'Origins of the Temporal UI from which `longhaul codec` may be asked.',
    }),
  })
  .check(({ value, issues }) => {
    const ids = value.keys.map(({ id }) => id);
    const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
    if (twice >= 0) {
      issues.push({
        code: 'custom',
        path: ['keys', twice, 'id'],
        input: ids[twice],
        message: 'expected an id that no other key has',
      });
    }
    if (ids.length > 0 && value.nameKey === null) {
      issues.push({
        code: 'custom',
        path: ['nameKey'],
        input: null,
        message: 'expected a reference, since there are encryption.keys',
      });
    }
  })
  .prefault({})
  .describe('With what the contents of tasks are encrypted in Temporal.');
