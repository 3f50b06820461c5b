// The options of `storage`: where what is too large to travel with a task is kept. Invariant: a secret stands here by
// reference alone.
import * as z from 'zod';
import { SECRET_EXPECTED, SECRET_REFERENCE } from '../contract/secret-reference.ts';
import { parseWebUrl } from '../contract/web-url.ts';

const reference = z
  .string()
  .regex(SECRET_REFERENCE, `expected ${SECRET_EXPECTED}`)
  .meta({ expected: SECRET_EXPECTED })
  .nullable()
  .default(null);

const ENDPOINT = 'an address such as https://s3.example.com';

export const storage = z
  .strictObject({
    mode: z.enum(['auto', 'none', 'directory', 's3']).default('auto').meta({
      description:
        'Where files are kept: `directory` for one machine, `s3` for a bucket, the same for gateways and workers; `auto` is a directory beside the embedded server, and none over a cluster.',
      env: 'LONGHAUL_STORAGE_MODE',
    }),
    directory: z.string().min(1).nullable().default(null).meta({
      description: 'The directory; null is `files` in the data directory.',
      env: 'LONGHAUL_STORAGE_DIRECTORY',
      isPath: true,
    }),
    inlineLimitBytes: z.int().min(1024).max(524_288).default(262_144).meta({
      description:
        'Largest parameters, and largest result, that travel with their task where files are kept, as JSON, in bytes; larger ones become files.',
    }),
    maxFileBytes: z.int().min(1024).max(1_073_741_824).default(104_857_600).meta({
      description: 'Largest file, in bytes.',
    }),
    endpoint: z
      .string()
      .refine((text) => parseWebUrl(text) !== null && !/[?#]/.test(text), `expected ${ENDPOINT}`)
      .meta({ expected: ENDPOINT })
      .nullable()
      .default(null)
      .describe(
        'Address of an S3-compatible service; null is Amazon S3, or `AWS_ENDPOINT_URL_S3`.',
      ),
    region: z.string().min(1).max(64).nullable().default(null).meta({
      description: 'Region of the bucket; null is `AWS_REGION`, or us-east-1.',
    }),
    bucket: z
      .string()
      .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/)
      .meta({ expected: 'the name of a bucket' })
      .nullable()
      .default(null)
      .meta({ description: 'The bucket; needed for `s3`.', env: 'LONGHAUL_STORAGE_BUCKET' }),
    prefix: z
      .string()
      .regex(/^([A-Za-z0-9._-]+\/)*$/)
      .max(200)
      .default('longhaul/')
      .meta({ expected: 'a prefix that is empty or ends with "/"' })
      .meta({
        description: 'What the keys of all objects in the bucket begin with.',
        env: 'LONGHAUL_STORAGE_PREFIX',
      }),
    accessKeyId: reference.describe(
      'Where the access key is: `env:NAME` or `file:path`; null is `AWS_ACCESS_KEY_ID`.',
    ),
    secretAccessKey: reference.describe(
      'Where its secret is: `env:NAME` or `file:path`; null is `AWS_SECRET_ACCESS_KEY`.',
    ),
    sessionToken: reference.describe(
      'Where the token of temporary credentials is: `env:NAME` or `file:path`; null is `AWS_SESSION_TOKEN`, if it is set.',
    ),
  })
  .check(({ value, issues }) => {
    if (value.mode !== 's3' || value.bucket !== null) return;
    issues.push({
      code: 'custom',
      path: ['bucket'],
      input: null,
      message: 'expected a value, since storage.mode is s3',
    });
  })
  .prefault({})
  .meta({ description: 'Where what is too large to travel with a task is kept.', worker: true });
