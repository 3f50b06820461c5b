// A job by its resource: a POST answers with an id, and a GET with that id in its path answers with a status.
import { listProperties, schemaOf, successesOf } from './answers.ts';
import { parametersOf } from './catalogue.ts';
import type { Endpoint, Listed } from './endpoint.ts';
import type { Job, Seen } from './job.ts';
import { findBeside, readTold, toHandle } from './job-parts.ts';
import { findId, toLater, unknownOf } from './later.ts';
import { isOfJob, toSnake } from './status-words.ts';

const MOST_CANDIDATES = 100;

export function readResourceJob(seen: Seen): Job | null {
  const { walk, submit, filled } = seen;
  const isLater = submit.answers.some(({ status }) => status === '202');
  // what is done to a thing that is there already starts no job, unless it says so
  if (submit.method === 'DELETE' || (submit.path.endsWith('}') && !isLater)) return null;
  const [answer] = successesOf(submit);
  const properties = listProperties(walk, schemaOf(answer));
  if (properties.length === 0) return null;
  const [best] = findStatusResources(seen)
    .flatMap((poll) => {
      const unknown = unknownOf(poll, filled);
      if (unknown.length === 0 || unknown.length > 2) return [];
      const sources = new Map(
        unknown.flatMap((name) => {
          const at = findId(name, properties);
          return at === null ? [] : [[name, at] as const];
        }),
      );
      if (sources.size < unknown.length) return [];
      const told = readTold(seen, poll);
      if (!told || !(told.isOfJob || isLater || isOfJob(poll.path))) return [];
      const { handle, placeholders } = toHandle(sources);
      const later = toLater(seen, poll, placeholders);
      return later ? [{ poll, told, handle, placeholders, later, score: rate(seen, poll) }] : [];
    })
    .sort((one, other) => other.score - one.score);
  if (!best || best.score < 2) return null;
  const { poll, told, handle, placeholders, later } = best;
  const beside = findBeside(seen, poll, placeholders);
  return {
    submit: { handle, ...toDoneAtOnce(submit) },
    poll: {
      url: later.path,
      ...(Object.keys(later.headers).length > 0 && { headers: later.headers }),
      ...told.fields,
      ...(beside.result && { result: undefined }),
    },
    result: beside.result,
    cancel: beside.cancel,
    notes: [
      { path: ['poll'], text: `guessed: ${poll.method} ${poll.path} tells how the job stands` },
      ...told.notes.filter(({ path }) => !(beside.result && path[1] === 'result')),
      ...beside.notes,
    ],
  };
}

/** GETs that may tell how a job stands that this operation starts. */
export function findStatusResources({ walk, catalogue, submit, filled }: Seen): Endpoint[] {
  const answered = schemaOf(successesOf(submit)[0]);
  const properties = listProperties(walk, answered);
  const parent = submit.path.replace(/\/[^/]*$/, '');
  const near: Listed[] = [
    ...catalogue.below(submit.path),
    ...(answered ? catalogue.bySchema(answered).slice(0, MOST_CANDIDATES) : []),
    ...properties
      .filter(({ depth, plain }) => depth === 0 && plain !== 'id')
      .flatMap(({ name }) => catalogue.byParameter(name).slice(0, MOST_CANDIDATES)),
    ...catalogue.below(parent).slice(0, MOST_CANDIDATES),
  ];
  return [...new Set(near)]
    .filter(({ path }) => unknownOf({ path }, filled).length > 0)
    .slice(0, MOST_CANDIDATES)
    .map(catalogue.read);
}

function rate({ submit, walk }: Seen, poll: Endpoint): number {
  const answered = schemaOf(successesOf(submit)[0]);
  const polled = schemaOf(successesOf(poll)[0]);
  const own = listProperties(walk, answered).filter(({ depth }) => depth === 0);
  const last = toSnake(parametersOf(poll.path).at(-1) ?? '');
  const rest = poll.path.startsWith(`${submit.path}/`) ? poll.path.slice(submit.path.length) : null;
  return [
    rest !== null && /^\/\{[^/]*\}$/.test(rest) ? 4 : 0,
    rest !== null && /^\/\{[^/]*\}\/(status|state)$/i.test(rest) ? 5 : 0,
    /\/(status|state|progress|operations)\b/i.test(poll.path) ? 2 : 0,
    answered !== null && answered.value === polled?.value ? 3 : 0,
    last !== 'id' && own.some(({ plain }) => plain === last) ? 3 : 0,
    Math.min(commonSegments(submit.path, poll.path), 2) / 2,
    submit.answers.some(({ status }) => status === '202') ? 1 : 0,
    // what is further down is rarely the job itself
    -(rest?.split('/').length ?? 2) / 4,
  ].reduce((sum, each) => sum + each, 0);
}

function commonSegments(one: string, other: string): number {
  const [here, there] = [one.split('/').slice(1), other.split('/').slice(1)];
  const differs = here.findIndex((part, index) => part !== there[index]);
  return differs < 0 ? here.length : differs;
}

/** Where 202 says that it goes on, 200 is the result at once. */
export function toDoneAtOnce(submit: Endpoint): object {
  const of = (wanted: string) => submit.answers.find(({ status }) => status === wanted);
  const [at, later] = [schemaOf(of('200')), schemaOf(of('202'))];
  return at && later && at.value !== later.value ? { done: { $statusCode: [200] } } : {};
}
