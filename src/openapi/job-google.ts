// A job by Google's long-running operations (https://google.aip.dev/151): the answer has a name and `done`, and in the end a
// response or an error.
import { listProperties, schemaOf, successesOf } from './answers.ts';
import type { Job, Seen } from './job.ts';

export function readGoogleJob({ walk, submit, catalogue }: Seen): Job | null {
  const [answer] = successesOf(submit);
  const schema = schemaOf(answer);
  const top = new Set(
    listProperties(walk, schema)
      .filter(({ depth }) => depth === 0)
      .map(({ name }) => name),
  );
  const isOperation =
    top.has('name') && top.has('done') && (top.has('response') || top.has('error'));
  if (!schema || !isOperation) return null;
  const reads = catalogue.bySchema(schema).filter(({ path }) => path.includes('{'));
  const [known] = reads;
  const version = /^\/v\d[^/]*/.exec((known ?? submit).path)?.[0] ?? '';
  const url = `${version}/{+handle}`;
  const cancels = catalogue.listed.some(
    ({ method, path }) =>
      method === 'POST' && path.startsWith(version) && path.endsWith('}:cancel'),
  );
  return {
    submit: { handle: '/name' },
    poll: {
      url,
      done: { '/done': [true], '/error': 'absent' },
      failed: { '/done': [true], '/error': 'present' },
      ...(top.has('response') && { result: '/response' }),
      error: '/error/message',
    },
    ...(cancels && { cancel: { method: 'POST', url: `${url}:cancel` } }),
    notes: known ? [] : [{ path: ['poll', 'url'], text: 'guessed: where AIP-151 has it' }],
  };
}
