// A job by a header of the answer that has its address.
import { successesOf } from './answers.ts';
import type { Answer, Endpoint } from './endpoint.ts';
import type { Job, Note, Seen } from './job.ts';
import { readTold } from './job-parts.ts';
import { findStatusResources, toDoneAtOnce } from './job-resource.ts';
import { USUAL_WORDS } from './status-words.ts';

/** The most telling first, in the words of their definitions. */
const ADDRESSES = ['Operation-Location', 'Azure-AsyncOperation', 'Location', 'Content-Location'];

/** The header of an answer that has the address of a job. */
export function findAddress({ headers }: Answer): string | undefined {
  return ADDRESSES.find((name) => headers.includes(name.toLowerCase()));
}

export function readHeaderJob(seen: Seen, status: '201' | '202'): Job | null {
  const [answer] = successesOf(seen.submit);
  const header = answer && findAddress(answer);
  if (!header || (answer.status === '201') !== (status === '201')) return null;
  const resource = findResource(seen);
  // 201 with Location is how anything is created; only what has a status is a job
  if (
    status === '201' &&
    header.endsWith('Location') &&
    header !== 'Operation-Location' &&
    !resource
  )
    return null;
  return {
    submit: { handle: `$response.header.${header}`, ...toDoneAtOnce(seen.submit) },
    poll: { url: '{handle}', ...(resource?.fields ?? toUsual()) },
    cancel:
      resource && cancels(seen, resource.poll) ? { method: 'DELETE', url: '{handle}' } : undefined,
    notes: resource?.notes ?? [
      {
        path: ['poll', 'done'],
        text: 'guessed: the description does not say what is found at that address',
      },
    ],
  };
}

/** What is found at the address, as far as a path says it. */
function findResource(seen: Seen) {
  const [found] = findStatusResources(seen)
    .flatMap((poll) => {
      const told = readTold(seen, poll);
      return told ? [{ poll, told }] : [];
    })
    .sort((one, other) => rank(seen, other.poll) - rank(seen, one.poll));
  if (!found) return null;
  const { poll, told } = found;
  const notes: readonly Note[] = [
    { path: ['poll'], text: `guessed: the address is that of GET ${poll.path}` },
    ...told.notes,
  ];
  return { poll, fields: told.fields, notes };
}

function rank({ submit }: Seen, { path }: Endpoint): number {
  const isBelow = path.startsWith(`${submit.path}/`);
  return (isBelow ? 2 : 0) + (/operation|status|job|result/i.test(path) ? 1 : 0);
}

function cancels({ catalogue }: Seen, { path }: Endpoint): boolean {
  const listed = catalogue.find('DELETE', path);
  if (!listed) return false;
  const { operationId, summary, description } = catalogue.read(listed);
  return /cancel|abort|stop/i.test(`${operationId} ${summary} ${description}`);
}

/** Told by the status of HTTP where the answer has none of its own, and otherwise by the usual words. */
function toUsual(): object {
  return {
    done: [{ $statusCode: [200], '/status': 'absent' }, { '/status': [...USUAL_WORDS.done] }],
    failed: { '/status': [...USUAL_WORDS.failed] },
  };
}
