// How the requests of a declared operation prove who sends them. The words are those of OpenAPI's security schemes; every
// secret is named, never written down.
import * as z from 'zod';

const SECRET = /^\$\{(?:env|file):[^{}]+\}$/;

const secret = z
  .string()
  .regex(SECRET, 'a secret is named, never written down: ${env:NAME} or ${file:path}');

/** Text that may hold references. */
const text = z.string().min(1).max(8192);

export const authField = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('basic'), username: text, password: secret }),
    z.strictObject({
      type: z.literal('apiKey'),
      in: z.enum(['header', 'query']),
      name: z.string().regex(/^[A-Za-z0-9_.~-]{1,128}$/),
      value: secret,
    }),
    z.strictObject({
      type: z.literal('oauth2'),
      tokenUrl: text,
      clientId: text,
      clientSecret: secret,
      scope: text.optional(),
      parameters: z.record(z.string(), text).default({}),
      clientAuthentication: z.enum(['basic', 'body']).default('basic'),
    }),
    z.strictObject({
      type: z.literal('awsSigV4'),
      region: text,
      service: text,
      accessKeyId: text,
      secretAccessKey: secret,
      sessionToken: secret.optional(),
    }),
  ])
  .optional()
  .describe(
    'How every request of the operation is authenticated, with secrets by reference: ' +
      '`{ type: basic, username, password }`; `{ type: apiKey, in: header or query, name, value }`; ' +
      '`{ type: oauth2, tokenUrl, clientId, clientSecret, scope?, parameters?, clientAuthentication?: basic or body }`, client ' +
      'credentials whose token is kept until it expires and renewed once after a 401; `{ type: awsSigV4, region, service, ' +
      'accessKeyId, secretAccessKey, sessionToken? }`. Sent to the origin of the declared URLs alone. Default: nothing beside `headers`.',
  );

export type AuthDeclaration = NonNullable<z.output<typeof authField>>;
