// An authentication applied to a request. Invariant: what it adds is known to the redactor of that exchange before anything is
// sent, and it is added only to requests for the origin of the declared URLs.
import { AwsV4Signer } from 'aws4fetch';
import { isHeaderName } from '../http/header-template.ts';
import type { Environment } from '../kind.ts';
import { renderText } from '../template/render.ts';
import { fieldsOf, parseTemplate, referencesOf } from '../template/template.ts';
import type { AuthDeclaration } from './auth-declaration.ts';
import { createClientCredentials } from './client-credentials.ts';
import { toBasic, withHeader, type Fill, type Scheme } from './scheme.ts';

export interface Auth extends Scheme {
  /** Secrets that it needs. */
  readonly references: readonly string[];
}

type Declared<Type> = Extract<AuthDeclaration, { readonly type: Type }>;

const SCHEMES: {
  readonly [Type in AuthDeclaration['type']]: (
    declared: Declared<Type>,
    fill: Fill,
    environment: Environment,
  ) => Scheme;
} = {
  basic: ({ username, password }, fill) => ({
    headerNames: ['authorization'],
    apply: (request, secrets) =>
      withHeader(
        request,
        'authorization',
        toBasic(fill(username, secrets), fill(password, secrets)),
      ),
  }),
  apiKey: createApiKey,
  oauth2: createClientCredentials,
  awsSigV4: createSignature,
};

/** @throws {TypeError} when it cannot be used; the message says why */
export function parseAuth(declared: AuthDeclaration, environment: Environment): Auth {
  const read = (source: string) => {
    const template = parseTemplate(source);
    if (fieldsOf(template).length === 0) return template;
    throw new TypeError(`${source}: no parameter may stand in an authentication`);
  };
  const fill: Fill = (source, secrets) => renderText(read(source), { fields: null, secrets }) ?? '';
  const texts = Object.values(declared).flatMap(
    (value: string | Record<string, string> | undefined) =>
      typeof value === 'string' ? [value] : Object.values(value ?? {}),
  );
  const references = texts.map(read).flatMap(referencesOf);
  const create = SCHEMES[declared.type] as (
    declared: AuthDeclaration,
    ...others: [Fill, Environment]
  ) => Scheme;
  return { references, ...create(declared, fill, environment) };
}

function createApiKey(declared: Declared<'apiKey'>, fill: Fill): Scheme {
  const { name, in: place } = declared;
  if (place === 'header' && !isHeaderName(name)) {
    throw new TypeError(`header ${name}: the HTTP client sets it by itself`);
  }
  const header = name.toLowerCase();
  return {
    headerNames: place === 'header' ? [header] : [],
    apply: (request, secrets) => {
      const value = fill(declared.value, secrets);
      if (place === 'header') return withHeader(request, header, value);
      const url = new URL(request.url);
      url.searchParams.set(name, value);
      return { request: { ...request, url } };
    },
  };
}

function createSignature(declared: Declared<'awsSigV4'>, fill: Fill): Scheme {
  return {
    headerNames: ['authorization', 'x-amz-date', 'x-amz-security-token'],
    signsBody: true,
    apply: async (request, secrets) => {
      const { sessionToken } = declared;
      const signer = new AwsV4Signer({
        method: request.method,
        url: request.url.href,
        headers: { ...request.headers },
        ...(typeof request.body === 'string' && { body: request.body }),
        region: fill(declared.region, secrets),
        service: fill(declared.service, secrets),
        accessKeyId: fill(declared.accessKeyId, secrets),
        secretAccessKey: fill(declared.secretAccessKey, secrets),
        ...(sessionToken !== undefined && { sessionToken: fill(sessionToken, secrets) }),
      });
      const { url, headers } = await signer.sign();
      const signed = Object.fromEntries([...headers].filter(([name]) => name !== 'host'));
      return { request: { ...request, url, headers: signed } };
    },
  };
}
