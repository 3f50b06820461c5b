// The declaration of one operation of a description.
import type { Json, JsonObject } from '../contract/json.ts';
import { cut, toWellFormed } from '../contract/text.ts';
import { readBase } from './address.ts';
import { successesOf } from './answers.ts';
import type { Catalogue } from './catalogue.ts';
import type { Endpoint, Listed, Version } from './endpoint.ts';
import type { Job, JobRequest, Note } from './job.ts';
import { isBinaryAnswer } from './media.ts';
import type { Place, Walk } from './walk.ts';
import { recogniseJob } from './recognise.ts';
import { fillRequest, type Filled } from './request.ts';
import { readSecurity, type Security } from './security.ts';
import { toFirstParagraph, toPlainText } from './text.ts';

export interface Declared {
  readonly name: string;
  readonly declaration: JsonObject;
  readonly notes: readonly Note[];
  /** Where the description has it. */
  readonly place: Place;
}

export interface Scope {
  readonly walk: Walk;
  readonly version: Version;
  readonly root: Place;
  readonly catalogue: Catalogue;
  /** What names of variables begin with. */
  readonly prefix: string;
  /** The server that a person has named, in place of those of the description. */
  readonly server: string | undefined;
}

/** Declares it; `null` where no address may be taken. */
export function declare(scope: Scope, listed: Listed): Declared | null {
  const { walk, version, root, catalogue, prefix, server } = scope;
  const base =
    server === undefined
      ? readBase(walk, version, root, listed, prefix)
      : { url: server.replace(/\/+$/, ''), note: null };
  if (!base) return null;
  const endpoint = catalogue.read(listed);
  const filled = fillRequest(walk, endpoint, prefix);
  const security = readSecurity(walk, version, root, listed, prefix);
  const job = recogniseJob({ walk, catalogue, submit: endpoint, filled, prefix });
  const send = createSender(base.url, security);
  const common = {
    description: describe(endpoint, job !== null),
    input: toInput(filled),
    ...(job && { policy: { totalTimeoutSeconds: 3600 } }),
    ...(security.auth && { auth: security.auth }),
    ...toIdempotency(endpoint, filled),
  };
  const first = {
    ...send(
      { method: endpoint.method, url: toUrl(filled), headers: filled.headers },
      job ? 'POST' : 'GET',
    ),
    ...filled.content,
  };
  const declaration = job
    ? toJob(common, first, job, send, prefersAsync(endpoint))
    : {
        kind: 'http',
        ...common,
        request: first,
        ...(isBinaryAnswer(successesOf(endpoint)) && { response: { store: true } }),
      };
  const place = job ? 'submit' : 'request';
  return {
    name: listed.name,
    declaration: toWellFormed(JSON.parse(JSON.stringify(declaration)) as JsonObject), // without keys that say nothing
    notes: [
      ...[...filled.notes, ...security.notes].map((text) => ({ path: [place], text })),
      ...(base.note === null ? [] : [{ path: [place, 'url'], text: base.note }]),
      ...(job
        ? [{ path: ['policy'], text: 'guessed: how long it may take' }, ...job.notes]
        : toUnsaid(endpoint)),
    ],
    place: listed.place,
  };
}

function toUrl({ path, query }: Filled): string {
  const mark = path.includes('?') ? '&' : '?';
  return query.length > 0 ? `${path}${mark}${query.join('&')}` : path;
}

type Send = (request: JobRequest, usualMethod: string) => JobRequest;

/** Completes requests: the server before a path, and what authenticates each of them. */
function createSender(base: string, { headers, query }: Security): Send {
  return ({ method, url, headers: own, ...rest }, usualMethod) => {
    const isPath = url.startsWith('/');
    const mark = url.includes('?') ? '&' : '?';
    const address = isPath ? base + url : url;
    const all = { ...headers, ...own };
    return {
      ...(method !== undefined && method !== usualMethod && { method }),
      url: isPath && query.length > 0 ? `${address}${mark}${query.join('&')}` : address,
      ...(Object.keys(all).length > 0 && { headers: all }),
      ...rest,
    };
  };
}

function toJob(
  common: object,
  first: JobRequest,
  { submit, poll, result, cancel }: Job,
  send: Send,
  isAsync: boolean,
): object {
  const { headers } = first;
  return {
    kind: 'http_job',
    ...common,
    submit: {
      ...first,
      ...(isAsync && { headers: { ...headers, prefer: 'respond-async' } }),
      ...submit,
    },
    poll: send(poll, 'GET'),
    ...(result && { result: send(result, 'GET') }),
    ...(cancel && { cancel: send(cancel, '') }),
  };
}

/** RFC 7240: a server that offers both answers at once with 202 when it is asked to. */
function prefersAsync({ parameters, answers }: Endpoint): boolean {
  const prefer = parameters.find(
    ({ in: at, name }) => at === 'header' && name.toLowerCase() === 'prefer',
  );
  return (
    prefer !== undefined &&
    answers.some(({ status }) => status === '202') &&
    JSON.stringify(prefer.place.value).includes('respond-async')
  );
}

function toIdempotency({ method }: Endpoint, { idempotencyHeader, isIdempotent }: Filled): object {
  if (!isIdempotent || ['GET', 'HEAD', 'OPTIONS'].includes(method)) return {};
  const isUsual =
    idempotencyHeader === null || idempotencyHeader.toLowerCase() === 'idempotency-key';
  return { ...(!isUsual && { idempotencyHeader }), idempotent: true };
}

function toInput({ input: { properties, required } }: Filled): Json {
  return {
    type: 'object',
    properties,
    ...(required.length > 0 && { required: [...required] }),
  };
}

const LONGEST_DESCRIPTION = 600;

/** For a model: what it does, and that it takes its time. */
function describe({ summary, description, name }: Endpoint, isJob: boolean): string {
  const title = withStop(toPlainText(summary));
  const more = toFirstParagraph(description);
  const isRepeated = more.toLowerCase().startsWith(title.slice(0, -1).toLowerCase());
  const words = [isRepeated && more !== '' ? '' : title, withStop(more)].filter(Boolean).join(' ');
  const said = words === '' ? withStop(name.replaceAll('_', ' ')) : words;
  const takes = isJob ? ' A job: it may take minutes.' : '';
  return `${cut(said, LONGEST_DESCRIPTION, '…')}${takes}`;
}

function withStop(text: string): string {
  return text === '' || /[.!?…]$/.test(text) ? text : `${text}.`;
}

/** What is taken for one request, though the description says that it goes on. */
function toUnsaid({ method, answers }: Endpoint): Note[] {
  if (method === 'GET' || !answers.some(({ status }) => status === '202')) return [];
  return [
    {
      path: [],
      text:
        'answered with 202, and the description does not say where the job is found: its end is not waited for. Make it an ' +
        'http_job by hand, or write it in code with defineJob: docs/operations.md',
    },
  ];
}
