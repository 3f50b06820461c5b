// The `callbacks` group of the configuration: where the end of a task may be reported, and what signs the report.
import * as z from 'zod';
import type { Frozen } from '../contract/frozen.ts';
import { parseOrigin, parseWebUrl } from '../contract/web-url.ts';
import { secretReference } from '../operations/callbacks.ts';

const HOST = /^(\*\.)?([a-z0-9_-]+\.)*[a-z0-9_-]+$/i;
const RECEIVER =
  'an origin such as https://hooks.example.com, or a host name, with "*." for all below it';
const PUBLIC_URL = 'a URL such as https://longhaul.example.com';
const PRIVATE_HOST = 'a host name or an address, without port';

function isHost(text: string): boolean {
  return URL.canParse(`http://${text}`) && new URL(`http://${text}`).host === text.toLowerCase();
}

export const callbacks = z
  .strictObject({
    allow: z
      .array(
        z
          .string()
          .refine((text) => HOST.test(text) || parseOrigin(text) !== null, `expected ${RECEIVER}`)
          .meta({ expected: RECEIVER }),
      )
      .default([])
      .describe(
        'Where a `callback_url` of a caller may lead: origins, or host names over https; none by default. Callbacks that an ' +
          'operation has itself need no entry.',
      ),
    allowPrivate: z
      .array(
        z
          .string()
          .refine((text) => isHost(text) && !/:\d+$/.test(text), `expected ${PRIVATE_HOST}`)
          .meta({ expected: PRIVATE_HOST }),
      )
      .default([])
      .describe(
        'Hosts of receivers that may have a private or loopback address, and be reached over plain http.',
      ),
    secrets: z
      .array(secretReference)
      .max(3)
      .default([])
      .describe(
        'Where the secrets that sign callbacks are: `env:NAME` or `file:path` of a `whsec_…`. Each signs; two are for the time ' +
          'of a rotation.',
      ),
    publicUrl: z
      .string()
      .refine((text) => parseWebUrl(text) !== null, `expected ${PUBLIC_URL}`)
      .meta({ expected: PUBLIC_URL })
      .nullable()
      .default(null)
      .describe(
        'Where upstreams reach the gateway that call back about jobs; `/callbacks/` follows. `null`: its own address, for upstreams ' +
          'on this machine.',
      )
      .meta({ env: 'LONGHAUL_CALLBACKS_PUBLIC_URL' }),
    maxResultBytes: z
      .int()
      .min(0)
      .max(1_048_576)
      .default(16_384)
      .describe(
        'Largest result that is sent along, as JSON, in bytes; a larger one is left out, and the receiver reads the task.',
      ),
  })
  .check(({ value, issues }) => {
    if (value.allow.length === 0 || value.secrets.length > 0) return;
    issues.push({
      code: 'custom',
      path: ['secrets'],
      input: value.secrets,
      message: 'expected a secret, since callbacks.allow lets callers name receivers',
    });
  })
  .prefault({})
  .describe('Where the end of a task is reported.')
  .meta({ worker: true });

/** Where callbacks may go, and what signs them. */
export type CallbackSettings = Pick<
  Frozen<z.output<typeof callbacks>>,
  'allow' | 'allowPrivate' | 'secrets'
>;
