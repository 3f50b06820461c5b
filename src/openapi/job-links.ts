// A job by OpenAPI links: the answer of the submit says which operations belong to it, and with what they are called.
import { isJsonObject } from '../contract/json.ts';
import { parsePointer } from '../contract/json/pointer.ts';
import { successesOf } from './answers.ts';
import { parametersOf } from './catalogue.ts';
import type { Endpoint } from './endpoint.ts';
import type { Job, JobRequest, Note, Seen } from './job.ts';
import { findBeside, readTold, toHandle } from './job-parts.ts';
import { toLater } from './later.ts';
import { textAt, step } from './place.ts';
import type { Place } from './walk.ts';
import { toDoneAtOnce } from './job-resource.ts';
import { isBinaryAnswer } from './media.ts';

interface Link {
  readonly name: string;
  readonly target: Endpoint;
  /** Expressions by the name of the parameter. */
  readonly parameters: ReadonlyMap<string, string>;
}

export function readLinkedJob(seen: Seen): Job | null {
  const { submit } = seen;
  const [answer] = successesOf(submit).filter(({ links }) => links.length > 0);
  if (!answer) return null;
  const links = answer.links.flatMap(([name, place]) => readLink(seen, name, place) ?? []);
  const gets = links.filter(({ target }) => target.method === 'GET');
  const polled = gets
    .map((link) => ({ link, told: readTold(seen, link.target) }))
    .find(({ told }) => told !== null);
  if (!polled?.told) return null;
  const { link, told } = polled;
  const { handle, placeholders } = toHandle(toSources(links));
  const request = (
    target: Endpoint,
    own: ReadonlyMap<string, string>,
    more: object = {},
  ): JobRequest | undefined => {
    const all = new Map(
      [...own].map(([name, text]) => [name, placeholders.get(text) ?? toOwn(seen, text)]),
    );
    const later = toLater(seen, target, all);
    if (!later) return undefined;
    return {
      ...(later.method !== 'GET' && { method: later.method }),
      url: later.path,
      ...(Object.keys(later.headers).length > 0 && { headers: later.headers }),
      ...more,
    };
  };
  const poll = request(link.target, link.parameters, told.fields);
  if (!poll) return null;
  const fetched = gets.find(
    (one) => one !== link && /result|output|content|download/i.test(one.name),
  );
  const stopped = links.find(
    ({ target, name }) => target.method !== 'GET' && /cancel|abort|stop|delete/i.test(name),
  );
  const own = new Map(
    parametersOf(link.target.path).map((name) => {
      const text = link.parameters.get(name) ?? '';
      return [name, placeholders.get(text) ?? toOwn(seen, text)] as const;
    }),
  );
  const beside = findBeside(seen, link.target, own);
  const result = fetched
    ? request(
        fetched.target,
        fetched.parameters,
        isBinaryAnswer(successesOf(fetched.target)) ? { store: true } : {},
      )
    : beside.result;
  const cancel = stopped ? request(stopped.target, stopped.parameters) : beside.cancel;
  const notes: readonly Note[] = [
    ...told.notes,
    ...beside.notes.filter(({ path: [part] }) => (part === 'result' ? !fetched : !stopped)),
  ];
  return { submit: { handle, ...toDoneAtOnce(submit) }, poll, result, cancel, notes };
}

function readLink({ walk, catalogue, submit }: Seen, name: string, place: Place): Link | null {
  const id = textAt(walk, place, 'operationId');
  const reference = textAt(walk, place, 'operationRef');
  if (id !== '' && reference !== '') {
    walk.findings.add(
      place,
      `the link ${name} says its operation by operationId and by operationRef; operationId counts`,
    );
  }
  const [path = '', method = ''] = parsePointer(reference.slice(reference.indexOf('#') + 1)).slice(
    1,
  );
  const listed = id === '' ? catalogue.find(method.toUpperCase(), path) : catalogue.byId(id);
  if (!listed) {
    walk.findings.add(
      place,
      `the link ${name} leads to ${JSON.stringify(id || reference)}, which is no operation`,
    );
    return null;
  }
  const target = catalogue.read(listed);
  const parameters = step(walk, place, 'parameters');
  const written =
    parameters && isJsonObject(parameters.value) ? Object.entries(parameters.value) : [];
  const known = new Map(
    written.flatMap(([key, value]) =>
      typeof value === 'string'
        ? [[key.replace(/^(path|query|header)\./, ''), value] as const]
        : [],
    ),
  );
  const missing = parametersOf(target.path).find(
    (one) => !known.has(one) && !submit.parameters.some((parameter) => parameter.name === one),
  );
  if (missing === undefined) return { name, target, parameters: known };
  walk.findings.add(place, `the link ${name} does not say ${missing} of ${target.path}`);
  return null;
}

/** What of the answer is kept: every expression once, under the name of a parameter. */
function toSources(links: readonly Link[]): ReadonlyMap<string, string> {
  const sources = new Map<string, string>();
  for (const { parameters } of links) {
    for (const text of parameters.values()) {
      const source = toSource(text);
      if (source !== null) sources.set(text, source);
    }
  }
  return sources;
}

function toSource(expression: string): string | null {
  const text = expression.replace(/^\{(\$.*)\}$/, '$1');
  if (text.startsWith('$response.body#')) return text.slice('$response.body#'.length);
  return /^\$response\.header\.[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(text) ? text : null;
}

/** What the submit was called with, or a text as it is. */
function toOwn({ filled: { names } }: Seen, expression: string): string {
  const [, place = '', name = ''] =
    /^\{?\$request\.(path|query|header)\.([^}]+)\}?$/.exec(expression) ?? [];
  const [, pointer = ''] = /^\{?\$request\.body#\/([^}/]+)\}?$/.exec(expression) ?? [];
  const own = place === '' ? names.get(`body ${pointer}`) : names.get(`${place} ${name}`);
  return own === undefined ? encodeURIComponent(expression) : `{${own}}`;
}
