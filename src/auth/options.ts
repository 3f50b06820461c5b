// The options of `auth`: who may call over HTTP. Invariant: a secret stands here by reference alone.
import * as z from 'zod';
import { SECRET_EXPECTED, SECRET_REFERENCE } from '../contract/secret-reference.ts';
import { SCOPE } from './scopes.ts';
import { isTrustworthyUrl } from './trustworthy-url.ts';

const TRUSTWORTHY = 'an HTTPS address, or HTTP on this machine, without query or fragment';

/** The address as it is, so that it can be compared character by character, as its specifications demand. */
const trustworthyUrl = z
  .string()
  .max(500)
  .refine(isTrustworthyUrl, `expected ${TRUSTWORTHY}`)
  .meta({ expected: TRUSTWORTHY });

const scope = z
  .string()
  .regex(SCOPE)
  .meta({ expected: 'a scope: visible ASCII without spaces, quotes or backslashes' });

export const auth = z
  .strictObject({
    mode: z.enum(['none', 'tokens', 'oauth']).default('none').meta({
      description:
        'How callers over HTTP prove who they are: not at all, by tokens of `auth.tokenFile`, or by an authorization server.',
      env: 'LONGHAUL_AUTH_MODE',
    }),
    allowUnauthenticated: z.boolean().default(false).meta({
      description:
        'Whether a gateway without authentication may listen beyond loopback, where something before it decides who may call.',
      env: 'LONGHAUL_ALLOW_UNAUTHENTICATED',
    }),
    tokenFile: z.string().min(1).default('longhaul.tokens').meta({
      description: 'File with the hashes of static tokens, written by `longhaul token add`.',
      env: 'LONGHAUL_TOKEN_FILE',
      isPath: true,
    }),
    resource: trustworthyUrl.nullable().default(null).meta({
      description: 'Address of the MCP endpoint as clients have it; needed for `oauth`.',
      env: 'LONGHAUL_RESOURCE',
    }),
    issuer: trustworthyUrl.nullable().default(null).meta({
      description: 'Issuer of the tokens, exactly as they name it; needed for `oauth`.',
      env: 'LONGHAUL_ISSUER',
    }),
    audience: z.string().min(1).max(500).nullable().default(null).meta({
      description: 'Whom tokens must be issued for (`aud`); null is `auth.resource`.',
    }),
    algorithms: z
      .array(
        z.enum([
          'RS256',
          'PS256',
          'ES256',
          'ES384',
          'RS384',
          'RS512',
          'PS384',
          'PS512',
          'ES512',
          'EdDSA',
        ]),
      )
      .min(1)
      .default(['RS256', 'PS256', 'ES256', 'EdDSA'])
      .describe('Algorithms with which tokens may be signed.'),
    principalClaim: z
      .string()
      .regex(/^[A-Za-z0-9_.:/-]{1,100}$/)
      .default('sub')
      .meta({
        description:
          'Claim that, together with the issuer, says whose tasks these are; a tenant claim makes all callers of a tenant one.',
        expected: 'the name of a claim',
      }),
    clockToleranceSeconds: z.number().min(0).max(300).default(10).meta({
      description: "How far the authorization server's clock may differ, in seconds.",
    }),
    introspectionClientId: z.string().min(1).max(500).nullable().default(null).meta({
      description: 'Client that asks about opaque tokens; null takes JWTs alone.',
    }),
    introspectionClientSecret: z.string().regex(SECRET_REFERENCE).nullable().default(null).meta({
      description: 'Where its secret is: `env:NAME` or `file:path`.',
      expected: SECRET_EXPECTED,
    }),
    operationScopes: z.record(z.string(), z.array(scope).min(1)).default({}).meta({
      description:
        'Scopes that starting an operation, and answering what its tasks ask, needs beside `tasks:write`, by the name of the operation; who lacks them is not shown it.',
    }),
    answerScopes: z.record(z.string(), z.array(scope).min(1)).default({}).meta({
      description:
        'Scopes that answering what the tasks of an operation ask needs beside `tasks:answer`, by the name of the operation; where it is named here, those of `auth.operationScopes` do not count for answers.',
    }),
  })
  .check(({ value, issues }) => {
    const demand = (key: keyof typeof value, why: string) => {
      if (value[key] !== null) return;
      issues.push({
        code: 'custom',
        path: [key],
        input: null,
        message: `expected a value, ${why}`,
      });
    };
    if (value.mode === 'oauth') {
      demand('resource', 'since auth.mode is oauth');
      demand('issuer', 'since auth.mode is oauth');
    }
    if (value.introspectionClientId !== null) {
      demand('introspectionClientSecret', 'since there is auth.introspectionClientId');
    }
  })
  .prefault({})
  .describe('Who may call over HTTP.');
