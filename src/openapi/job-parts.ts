// What recognisers of jobs share: how an answer tells that a job has ended, where its result and its failure stand, and which
// other operations belong to it.
import { isBinaryAnswer } from './media.ts';
import {
  listProperties,
  readFlag,
  readStatus,
  schemaOf,
  successesOf,
  type Property,
} from './answers.ts';
import type { Endpoint } from './endpoint.ts';
import type { Job, JobRequest, Note, Seen } from './job.ts';
import { toLater } from './later.ts';
import { isJsonObject } from '../contract/json.ts';
import { ERROR_NAMES, RESULT_NAMES, USUAL_WORDS } from './status-words.ts';

/** How a poll tells where the job stands. */
export interface Told {
  /** Whether that is how jobs tell it, and nothing else does. */
  readonly isOfJob: boolean;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly notes: readonly Note[];
}

const note = (part: string, text: string): Note => ({ path: ['poll', part], text });

/** Read from the operation that is polled; `null` where its answers say nothing. */
export function readTold({ walk }: Seen, poll: Endpoint): Told | null {
  const [answer] = successesOf({
    ...poll,
    answers: poll.answers.filter(({ status }) => status !== '202'),
  });
  const properties = listProperties(walk, schemaOf(answer));
  const statuses = poll.answers.map(({ status }) => status);
  const status = readStatus(walk, properties);
  const isByHttp = statuses.includes('200') && statuses.includes('202');
  if (isByHttp && (!status || status.words.length === 0)) return readHttpTold(properties, statuses);
  if (!status) return readFlagTold(properties);
  const end = readEnd(properties, status.pointer);
  if (status.words.length === 0) {
    return {
      isOfJob: false,
      fields: { status: status.pointer, ...USUAL_WORDS, ...end.fields },
      notes: [note('done', 'guessed: the description lists no words of the status'), ...end.notes],
    };
  }
  const { done, failed, running } = status.told;
  return {
    isOfJob: status.isOfJob,
    fields: {
      status: status.pointer,
      done,
      ...(failed.length > 0 && { failed }),
      ...(running.length > 0 && { running }),
      ...end.fields,
    },
    notes: [note('done', 'guessed by the words of the status'), ...end.notes],
  };
}

/** By a truth value; what says something of an error has failed. */
function readFlagTold(properties: readonly Property[]): Told | null {
  const flag = readFlag(properties);
  if (!flag) return null;
  const { fields, notes } = readEnd(properties, flag.pointer);
  const { error } = fields as { error?: string };
  return {
    isOfJob: flag.isOfJob,
    fields: {
      status: flag.pointer,
      done: [flag.done],
      ...(error !== undefined && { failed: { [error]: 'present' } }),
      running: [!flag.done],
      ...fields,
    },
    notes: [note('done', 'guessed by the name of the status'), ...notes],
  };
}

/** 202 until 200; a status of failure that is described is one of the job. */
function readHttpTold(properties: readonly Property[], statuses: readonly string[]): Told {
  const failed = ['422', '409']
    .filter((status) => statuses.includes(status))
    .slice(0, 1)
    .map(Number);
  return {
    isOfJob: true,
    fields: {
      ...(failed.length > 0 && { success: [200, 202, ...failed] }),
      status: '$statusCode',
      done: [200],
      running: [202],
      ...(failed.length > 0 && { failed, error: '/message' }),
      ...findResult(properties, ['data']),
    },
    notes:
      failed.length > 0 ? [note('failed', 'guessed: what the answer of a job that failed is')] : [],
  };
}

function findResult(properties: readonly Property[], more: readonly string[]): object {
  const found = properties.filter(
    ({ plain, depth }) => depth === 0 && [...RESULT_NAMES, ...more].includes(plain),
  );
  const [only] = found;
  return only && found.length === 1 ? { result: only.pointer } : {};
}

/** Result, failure and progress, beside the status. */
function readEnd(properties: readonly Property[], statusAt: string): Omit<Told, 'isOfJob'> {
  const around = statusAt.slice(0, statusAt.lastIndexOf('/'));
  const beside = properties.filter(
    ({ pointer }) =>
      pointer.slice(0, pointer.lastIndexOf('/')) === around || pointer.split('/').length === 2,
  );
  const results = beside.filter(({ plain }) => RESULT_NAMES.includes(plain));
  const [result] = results;
  const [error] = ERROR_NAMES.flatMap((name) =>
    beside.filter(({ plain }) => plain === name),
  ).filter(({ pointer }) => pointer !== statusAt);
  const progress = beside.find(({ plain }) =>
    /^(progress|percent(age)?(_complete)?|progress_percent(age)?)$/.test(plain),
  );
  const most =
    progress && isJsonObject(progress.schema.value) ? progress.schema.value['maximum'] : undefined;
  return {
    fields: {
      ...(result && results.length === 1 && { result: result.pointer }),
      ...(error && { error: error.pointer }),
      ...(progress &&
        (most === 1 || most === 100) && { progress: progress.pointer, progressScale: most }),
    },
    notes: result && results.length === 1 ? [note('result', 'guessed by its name')] : [],
  };
}

const RESULT_ENDS = /^(\/|:)(results?|outputs?|content|download|data|successfulResults|file)$/;
const CANCEL_ENDS = /^(\/|:)(cancel|abort|stop|terminate|kill)$/i;
const CANCELS = /\b(cancel|abort|stop|terminate)/i;

/** Requests for result and cancel that lie beside the one that is polled. */
export function findBeside(
  seen: Seen,
  poll: Endpoint,
  placeholders: ReadonlyMap<string, string>,
): Pick<Job, 'result' | 'cancel' | 'notes'> {
  const { catalogue } = seen;
  const base = poll.path.replace(/\/status$/i, '');
  const around = catalogue.listed.filter(({ path }) => path.startsWith(base));
  const toRequest = (endpoint: Endpoint | undefined, more: object = {}): JobRequest | undefined => {
    const later = endpoint && toLater(seen, endpoint, placeholders);
    if (!later) return undefined;
    const { method, path, headers } = later;
    return {
      ...(method !== 'GET' && { method }),
      url: path,
      ...(Object.keys(headers).length > 0 && { headers }),
      ...more,
    };
  };
  const fetched =
    around.find(
      ({ method, path }) => method === 'GET' && RESULT_ENDS.test(path.slice(base.length)),
    ) ??
    (base === poll.path
      ? undefined
      : around.find(({ method, path }) => method === 'GET' && path === base));
  const stopped =
    around.find(
      ({ method, path }) =>
        ['POST', 'PUT', 'DELETE', 'PATCH'].includes(method) &&
        CANCEL_ENDS.test(path.slice(base.length)),
    ) ??
    catalogue.listed.find(
      ({ method, path }) =>
        method !== 'GET' &&
        path !== poll.path &&
        path === poll.path.replace(/\/status\b/, '/cancel'),
    ) ??
    around.find(
      (one) =>
        one.method === 'DELETE' && one.path === base && CANCELS.test(wordsOf(catalogue.read(one))),
    );
  const target = fetched && catalogue.read(fetched);
  const result = toRequest(
    target,
    target && isBinaryAnswer(successesOf(target)) ? { store: true } : {},
  );
  const cancel = toRequest(stopped && catalogue.read(stopped));
  return {
    result,
    cancel,
    notes: [
      ...(result ? [{ path: ['result'], text: 'guessed by its path' }] : []),
      ...(cancel ? [{ path: ['cancel'], text: 'guessed by its name' }] : []),
    ],
  };
}

function wordsOf({ operationId, summary, description }: Endpoint): string {
  return `${operationId.replaceAll(/([a-z])([A-Z])/g, '$1 $2').replaceAll('_', ' ')} ${summary} ${description}`;
}

/** Handles as a declaration names them: one value as it is, several by name. */
export function toHandle(sources: ReadonlyMap<string, string>): {
  readonly handle: string | Readonly<Record<string, string>>;
  readonly placeholders: ReadonlyMap<string, string>;
} {
  const [only] = sources;
  if (sources.size === 1 && only) {
    return { handle: only[1], placeholders: new Map([[only[0], '{handle}']]) };
  }
  const named = [...sources].map(
    ([name, source]) => [name, name.replaceAll(/[^A-Za-z0-9_-]/g, '_'), source] as const,
  );
  return {
    handle: Object.fromEntries(named.map(([, own, source]) => [own, source])),
    placeholders: new Map(named.map(([name, own]) => [name, `{handle.${own}}`])),
  };
}
