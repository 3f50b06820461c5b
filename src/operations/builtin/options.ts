// The options of `httpRequest`: which origins the built-in operation of that name may call.
import * as z from 'zod';

const ORIGIN = 'expected an origin such as https://api.example.com, without a path';

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url?.origin === text.replace(/\/$/, '').toLowerCase() && /^https?:$/.test(url.protocol);
}

export const httpRequest = z
  .strictObject({
    allow: z
      .array(
        z
          .string()
          .refine(isOrigin, ORIGIN)
          .meta({ expected: ORIGIN.replace('expected ', '') }),
      )
      .default([])
      .describe('Origins that the built-in `http_request` may call; none by default.')
      .meta({ env: 'LONGHAUL_HTTP_REQUEST_ALLOW' }),
  })
  .prefault({})
  .describe('The built-in operation `http_request`.')
  .meta({ worker: true });
