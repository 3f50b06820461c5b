// How requests of a description are authenticated, with every secret by reference: the value is that of an environment variable,
// which is named after the API and the scheme.
import { isJsonObject } from '../contract/json.ts';
import type { Listed, Version } from './endpoint.ts';
import { refuse } from './address.ts';
import { toVariable } from './names.ts';
import { entriesOf, itemsOf, step, textAt, walkTo } from './place.ts';
import type { Place, Walk } from './walk.ts';

export interface Security {
  /** As the key `auth` has it; absent where headers say it. */
  readonly auth?: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly query: readonly string[];
  readonly notes: readonly string[];
}

const NONE: Security = { headers: {}, query: [], notes: [] };

/** The first of the ways that are described; none where the operation says that it needs none. */
export function readSecurity(
  walk: Walk,
  version: Version,
  root: Place,
  { place }: Listed,
  prefix: string,
): Security {
  const declared = step(walk, place, 'security') ?? step(walk, root, 'security');
  const ways = itemsOf(walk, declared).filter(({ value }) => isJsonObject(value));
  const schemes =
    version === 2
      ? step(walk, root, 'securityDefinitions')
      : walkTo(walk, root, 'components', 'securitySchemes');
  const rank = ({ value }: Place): number =>
    Math.max(
      -1,
      ...Object.keys(value as object).map((name) =>
        rankOf(walk, schemes && step(walk, schemes, name)),
      ),
    );
  const [way] = ways
    .filter(({ value }) => Object.keys(value as object).length > 0)
    .sort((one, other) => rank(one) - rank(other));
  if (!way) return NONE;
  const names = Object.keys(way.value as object);
  return names.reduce<Security>((security, name) => {
    const scheme = schemes && step(walk, schemes, name);
    if (!scheme) {
      walk.findings.add(way, `there is no security scheme ${JSON.stringify(name)}`);
      return security;
    }
    const scopes = itemsOf(walk, step(walk, way, name)).flatMap(({ value }) =>
      typeof value === 'string' ? [value] : [],
    );
    return join(security, readScheme(walk, name, scheme, scopes, prefix));
  }, NONE);
}

/** What a program can do by itself precedes what needs a person, and one secret precedes two. */
function rankOf(walk: Walk, scheme: Place | null): number {
  const kind = textAt(walk, scheme, 'type');
  if (kind === 'apiKey') return 1;
  if (kind === 'http') return textAt(walk, scheme, 'scheme').toLowerCase() === 'bearer' ? 0 : 2;
  return kind === 'basic' ? 2 : 3;
}

/** Two schemes at once: a declaration has one `auth`, and keys may stand in headers and queries as well. */
function join(one: Security, other: Security): Security {
  const [first, second] = other.auth?.['type'] === 'apiKey' ? [one, other] : [other, one];
  const { auth = second.auth } = first;
  const beside = auth === second.auth ? NONE : toPlaces(second.auth);
  return {
    ...(auth && { auth }),
    headers: { ...one.headers, ...other.headers, ...beside.headers },
    query: [...one.query, ...other.query, ...beside.query],
    notes: [...one.notes, ...other.notes, ...beside.notes],
  };
}

function toPlaces(auth: Security['auth']): Security {
  if (!auth) return NONE;
  const { type, in: at, name = '', value = '' } = auth;
  if (type !== 'apiKey') return { ...NONE, notes: [`one more way is needed: ${String(type)}`] };
  return at === 'query'
    ? { ...NONE, query: [`${name}=${value}`] }
    : { ...NONE, headers: { [name]: value } };
}

function readScheme(
  walk: Walk,
  name: string,
  scheme: Place,
  scopes: readonly string[],
  prefix: string,
): Security {
  const variable = (...words: readonly string[]): string =>
    `\${env:${toVariable(prefix, ...words)}}`;
  const bearer = (...notes: readonly string[]): Security => ({
    ...NONE,
    headers: { authorization: `Bearer ${variable('token')}` },
    notes,
  });
  const kind = textAt(walk, scheme, 'type');
  const how = textAt(walk, scheme, 'scheme').toLowerCase();
  if (kind === 'basic' || (kind === 'http' && how === 'basic')) {
    const auth = { type: 'basic', username: variable('user'), password: variable('password') };
    return { ...NONE, auth };
  }
  if (kind === 'http' && how === 'bearer') return bearer();
  if (kind === 'http') {
    const value = `${how.charAt(0).toUpperCase()}${how.slice(1)} ${variable('token')}`;
    return { ...NONE, headers: { authorization: value }, notes: [`the scheme ${how} of HTTP`] };
  }
  if (kind === 'apiKey') return readKey(walk, scheme, variable('key'));
  if (kind === 'oauth2')
    return (
      readOauth(walk, scheme, scopes, variable) ??
      bearer(`${name} is OAuth 2 with a person: put a token into the variable`)
    );
  return bearer(`${name} is ${kind || 'of no known type'}, and taken for a bearer token`);
}

function readKey(walk: Walk, scheme: Place, value: string): Security {
  const name = textAt(walk, scheme, 'name');
  const at = textAt(walk, scheme, 'in');
  if (at === 'cookie') return { ...NONE, headers: { cookie: `${name}=${value}` } };
  if (!/^[A-Za-z0-9_.~-]{1,128}$/.test(name) || (at !== 'query' && at !== 'header')) {
    walk.findings.add(scheme, 'an API key has a name, and stands in header, query or cookie');
    return NONE;
  }
  return {
    ...NONE,
    auth: { type: 'apiKey', in: at, name: at === 'header' ? name.toLowerCase() : name, value },
    notes:
      name.toLowerCase() === 'authorization'
        ? [
            'the variable holds the whole value of the header, with a scheme such as Bearer where there is one',
          ]
        : [],
  };
}

function readOauth(
  walk: Walk,
  scheme: Place,
  scopes: readonly string[],
  variable: (...words: readonly string[]) => string,
): Security | null {
  const flows = entriesOf(walk, step(walk, scheme, 'flows'));
  const flow =
    textAt(walk, scheme, 'flow') === 'application'
      ? scheme
      : flows.find(([name]) => name === 'clientCredentials')?.[1];
  const tokenUrl = textAt(walk, flow ?? null, 'tokenUrl');
  if (!flow || tokenUrl === '') return null;
  const address = URL.parse(tokenUrl, flow.file.url)?.href ?? tokenUrl;
  const why = refuse(address);
  if (why !== null) {
    walk.findings.add(flow, `tokenUrl: ${why}; a bearer token is taken in its place`);
    return null;
  }
  const auth = {
    type: 'oauth2',
    tokenUrl: address,
    clientId: variable('client_id'),
    clientSecret: variable('client_secret'),
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  };
  return { ...NONE, auth };
}
