// A request that the model composes itself. Nothing is reachable until its origin was allowed in the configuration, and
// no redirect leads out of what was allowed.
import * as z from 'zod';
import { isJsonObject, type Json } from '../../contract/json.ts';
import { parseOrigin } from '../../contract/web-url.ts';
import { defineRun, type RunDefinition } from '../define.ts';
import { refuseExactNumbers } from '../schema/exact-numbers.ts';
import { httpClients } from '../kinds/http/clients.ts';
import { exchange } from '../kinds/http/exchange.ts';
import { methodSchema } from '../kinds/http/exchange-declaration.ts';
import { isHeaderName, isHeaderValue } from '../kinds/http/header-template.ts';
import { IDEMPOTENCY_HEADER, toIdempotencyHeader } from '../kinds/http/idempotency-header.ts';
import type { Operation } from '../operation.ts';

/** Creates `http_request` for the origins that it may reach, which the configuration has checked. */
export function createHttpRequest(allow: readonly string[]): Operation {
  const allowed = new Set(allow.map(parseOrigin));
  const definition: RunDefinition<ReturnType<typeof createInput>, typeof output> = {
    name: 'http_request',
    description:
      'Sends one HTTP request and returns status and body of the answer. ' +
      (allowed.size === 0
        ? 'No host is allowed yet: every call is refused.'
        : `Allowed: ${[...allowed].join(', ')}.`),
    input: createInput(allowed),
    output,
    idempotent: false,
    run: async ({ method, url, headers, body }, { signal, idempotencyKey, services }) => {
      const reads = method === 'GET' || method === 'HEAD';
      const own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
      const answer = await exchange(
        {
          method,
          url: new URL(url),
          headers: {
            accept: 'application/json, text/*;q=0.9, */*;q=0.1',
            'user-agent': 'longhaul',
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...(Object.fromEntries(own) as Record<string, string>),
            ...(!reads && { [IDEMPOTENCY_HEADER]: toIdempotencyHeader(idempotencyKey) }),
          },
          body: body === undefined ? null : JSON.stringify(body),
        },
        {
          signal,
          clients: await services.get(httpClients),
          repeatable: reads,
          success: ['2xx'],
          errors: {},
          maxBytes: 262_144,
          redact: (text) => text,
          mayLeaveTo: ({ origin }) => allowed.has(origin),
        },
      );
      return {
        status: answer.status,
        content_type: answer.contentType,
        body: answer.read(),
      };
    },
  };
  return defineRun(definition, admit);
}

const output = z.strictObject({
  status: z.int(),
  content_type: z.string().nullable(),
  body: z.unknown().describe('JSON as it is, text as a string, nothing as null.'),
});

/** The body is handed on as it came; nothing else may be a number of any length. */
function admit(name: string, parameters: Json): void {
  if (!isJsonObject(parameters)) return;
  refuseExactNumbers(name, { ...parameters, body: null });
}

function createInput(allowed: ReadonlySet<string | null>) {
  return z
    .strictObject({
      method: methodSchema.default('GET').describe('HTTP method. Default: GET.'),
      url: z
        .url({ protocol: /^https?$/, error: 'must be an absolute http or https URL', abort: true })
        .max(8192)
        .refine((url) => isPlain(url), 'credentials do not belong into a URL; use a header')
        .refine((url) => !URL.canParse(url) || allowed.has(new URL(url).origin), {
          error: ({ input }) =>
            `${originOf(input)} may not be reached: a person who runs Longhaul can allow it, by adding it to ` +
            '`httpRequest.allow` in longhaul.config',
        })
        .describe('Absolute http or https URL of an allowed host.'),
      headers: z
        .record(
          z
            .string()
            .refine(isHeaderName, 'is no header that can be set')
            .refine(
              (name) => name.toLowerCase() !== IDEMPOTENCY_HEADER,
              'is sent by itself, and can be set by nobody',
            ),
          z.string().max(8192).refine(isHeaderValue, 'must be one line of Latin-1 characters'),
        )
        .default({})
        .describe('Header names and values. Default: none beside the usual ones.'),
      body: z
        .unknown()
        .optional()
        .describe('JSON body, for methods other than GET and HEAD. Default: none.'),
    })
    .refine(({ method, body }) => body === undefined || (method !== 'GET' && method !== 'HEAD'), {
      path: ['body'],
      error: 'a GET or HEAD request has no body',
    });
}

function isPlain(url: string): boolean {
  const { username, password } = URL.canParse(url) ? new URL(url) : { username: '', password: '' };
  return username === '' && password === '';
}

function originOf(input: unknown): string {
  return typeof input === 'string' && URL.canParse(input) ? new URL(input).origin : 'this';
}
