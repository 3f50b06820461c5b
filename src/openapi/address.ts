// Where an API is. A description is written by others, so it never chooses an address of this machine or its network: whoever
// imports it does, by naming the server.
import { isIP } from 'node:net';
import { isPublicAddress } from '../http/public-address.ts';
import { itemsOf, step, textAt, walkTo, entriesOf } from './place.ts';
import type { Place, Walk } from './walk.ts';
import { toVariable } from './names.ts';
import type { Listed, Version } from './endpoint.ts';

export interface Base {
  /** A URL without a slash at its end; it may begin with `${env:NAME}`. */
  readonly url: string;
  /** What a person should know of it; `null` where it is as described. */
  readonly note: string | null;
}

/**
 * The base URL of an operation; `null` where none may be taken.
 *
 * @param prefix of the variable that says what the description leaves open
 */
export function readBase(
  walk: Walk,
  version: Version,
  root: Place,
  { around, place }: Listed,
  prefix: string,
): Base | null {
  const variable = `\${env:${toVariable(prefix, 'url')}}`;
  if (version === 2) return check(walk, root, readOldBase(walk, root, variable), root);
  const [server] = [place, around, root].flatMap((each) =>
    itemsOf(walk, step(walk, each, 'servers')),
  );
  if (!server) {
    return fromRelative('', root, variable);
  }
  return check(walk, root, readServer(walk, server, root, variable), server);
}

function readServer(walk: Walk, server: Place, root: Place, variable: string): Base {
  const notes: string[] = [];
  const variables = new Map(entriesOf(walk, step(walk, server, 'variables')));
  const written = textAt(walk, server, 'url').replaceAll(/\{([^{}]*)\}/g, (open, name: string) => {
    const declared = variables.get(name) ?? null;
    if (!declared) walk.findings.add(server, `the URL names {${name}}, which is no variable of it`);
    const preset = textAt(walk, declared, 'default');
    if (preset === '' || /[<>{}\s]/.test(preset)) return open;
    const others = itemsOf(walk, declared && step(walk, declared, 'enum')).flatMap(({ value }) =>
      typeof value === 'string' && value !== preset ? [value] : [],
    );
    notes.push(
      `${name} is ${preset}${others.length > 0 ? ` (or ${others.slice(0, 8).join(', ')})` : ''}`,
    );
    return preset;
  });
  const note = notes.length > 0 ? notes.join('; ') : null;
  const after = written.slice(written.lastIndexOf('}') + 1);
  if (written.includes('}')) {
    return {
      url: variable + toBasePath(after.replace(/^[^/]*/, '')),
      note: `set the variable to the URL of your account, as ${written.slice(0, written.length - after.length)}`,
    };
  }
  const base = /^[a-z][a-z0-9+.-]*:/i.test(written)
    ? { url: toBasePath(written), note }
    : fromRelative(written, root, variable);
  return base;
}

/** A server without a host is that of the description; in a file, nobody knows. */
function fromRelative(path: string, { file }: Place, variable: string): Base {
  const url = URL.parse(path, file.url);
  if (url && url.protocol !== 'file:')
    return { url: toBasePath(`${url.origin}${url.pathname}`), note: null };
  return {
    url: variable + toBasePath(path.startsWith('/') ? path : path && `/${path}`),
    note: 'the description does not say where the API is: set the variable to its URL',
  };
}

function readOldBase(walk: Walk, root: Place, variable: string): Base {
  const host = textAt(walk, root, 'host');
  const path = toBasePath(textAt(walk, root, 'basePath'));
  const template = textAt(walk, walkTo(walk, root, 'x-ms-parameterized-host'), 'hostTemplate');
  if (template !== '') {
    const after = template.slice(template.lastIndexOf('}') + 1).replace(/^[^/]*/, '');
    return {
      url: `${variable}${toBasePath(after)}${path}`,
      note: `set the variable to the URL of your account, as ${template}`,
    };
  }
  if (host === '') return fromRelative(path, root, variable);
  const schemes = itemsOf(walk, step(walk, root, 'schemes')).flatMap(({ value }) =>
    typeof value === 'string' ? [value] : [],
  );
  const [first = 'https'] = schemes;
  const scheme = schemes.includes('https') ? 'https' : first;
  return { url: `${scheme}://${host}${path}`, note: null };
}

function toBasePath(text: string): string {
  return text.replace(/\/+$/, '');
}

function check(walk: Walk, root: Place, base: Base, place: Place): Base | null {
  if (base.url.startsWith('${')) return base;
  const why = refuse(base.url);
  if (why !== null) {
    walk.findings.add(place, `${why}; name the server yourself: --server URL`);
    return null;
  }
  const { origin } = new URL(base.url);
  const own = new URL(root.file.url);
  if (own.protocol !== 'file:' && own.origin !== origin) {
    walk.findings.add(
      place,
      `the server ${origin} is another than that of the description, ${own.origin}`,
    );
  }
  return base;
}

/** Why a URL of a description is not taken; `null` where it is. */
export function refuse(text: string): string | null {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol))
    return `${JSON.stringify(text)} is no http or https URL`;
  if (url.username !== '' || url.password !== '') return 'the URL holds credentials';
  if (url.search !== '' || url.hash !== '')
    return 'the URL of a server has neither query nor fragment';
  return isPrivateHost(url.hostname) ? `${url.hostname} is no public host` : null;
}

/** Addresses that are not public, and names that lead to them by custom. */
function isPrivateHost(hostname: string): boolean {
  const bare = hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  if (isIP(bare) !== 0) return !isPublicAddress(bare);
  return !bare.includes('.') || /\.(localhost|local|internal|intranet|lan|home\.arpa)$/i.test(bare);
}
