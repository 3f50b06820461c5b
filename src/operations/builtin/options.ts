// The options of `httpRequest`: which origins the built-in operation of that name may call.
import * as z from 'zod';
import { parseOrigin } from '../../contract/web-url.ts';

const ORIGIN = 'expected an origin such as https://api.example.com, without a path';

export const httpRequest = z
  .strictObject({
    allow: z
      .array(
        z
          .string()
          .refine((text) => parseOrigin(text) !== null, ORIGIN)
          .meta({ expected: ORIGIN.replace('expected ', '') }),
      )
      .default([])
      .describe('Origins that the built-in `http_request` may call; none by default.')
      .meta({ env: 'LONGHAUL_HTTP_REQUEST_ALLOW' }),
  })
  .prefault({})
  .describe('The built-in operation `http_request`.')
  .meta({ worker: true });
