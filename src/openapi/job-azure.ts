// A job by Azure's extension x-ms-long-running-operation, with its options; the words of the status are those of Azure's guidelines.
import { isJsonObject } from '../contract/json.ts';
import { listProperties, readStatus, schemaOf, successesOf } from './answers.ts';
import type { Job, Seen } from './job.ts';
import { findAddress } from './job-header.ts';
import { toLater } from './later.ts';
import { isTrue, textAt, walkTo } from './place.ts';

const FINAL = {
  'operation-location': 'Operation-Location',
  'azure-async-operation': 'Azure-AsyncOperation',
  location: 'Location',
} as const;

/** One service writes them large, the next small. */
const WORDS = {
  done: ['Succeeded', 'succeeded'],
  failed: ['Failed', 'failed', 'Canceled', 'canceled', 'Cancelled', 'cancelled'],
};

export function readAzureJob(seen: Seen): Job | null {
  const { walk, submit, catalogue } = seen;
  if (!isTrue(submit.place, 'x-ms-long-running-operation')) return null;
  const options = walkTo(walk, submit.place, 'x-ms-long-running-operation-options');
  const via = textAt(walk, options, 'final-state-via');
  const declared = successesOf(submit).flatMap((answer) => findAddress(answer) ?? [])[0];
  const own = catalogue.find('GET', submit.path);
  const isKept = via === 'original-uri' || (['PUT', 'PATCH'].includes(submit.method) && via === '');
  const read = own && isKept ? toLater(seen, catalogue.read(own), new Map()) : null;
  if (isKept && read && !declared) {
    return {
      submit: { handle: '/id' },
      poll: { url: read.path, status: '/properties/provisioningState', ...WORDS },
      notes: [
        { path: ['submit', 'handle'], text: 'guessed: a resource of Azure has its id there' },
        { path: ['poll', 'status'], text: 'guessed: as resources of Azure tell it' },
      ],
    };
  }
  const header =
    declared ?? (Object.hasOwn(FINAL, via) ? FINAL[via as keyof typeof FINAL] : 'Location');
  const known = declared ?? (Object.hasOwn(FINAL, via) ? via : undefined);
  if (header === 'Location' && via !== 'operation-location') {
    return {
      submit: { handle: '$response.header.Location' },
      poll: {
        url: '{handle}',
        success: [200, 201, 202, 204],
        status: '$statusCode',
        done: [200, 201, 204],
        running: [202],
      },
      notes:
        known === undefined
          ? [{ path: ['submit', 'handle'], text: 'guessed: the description names no header' }]
          : [],
    };
  }
  const result =
    via === 'location'
      ? {
          handle: {
            operation: `$response.header.${header}`,
            location: '$response.header.Location',
          },
          url: '{handle.location}',
        }
      : null;
  return {
    submit: { handle: result?.handle ?? `$response.header.${header}` },
    poll: {
      url: result ? '{handle.operation}' : '{handle}',
      status: '/status',
      ...WORDS,
      error: '/error',
      ...(result || read ? {} : findResult(seen)),
    },
    ...(result && { result: { url: result.url } }),
    ...(!result && read && isKept && { result: { url: read.path } }),
    notes:
      known === undefined
        ? [{ path: ['submit', 'handle'], text: 'guessed: the description names no header' }]
        : [],
  };
}

/** The part of the last answer that is the result, where one of the answers that have a status says so. */
function findResult({ walk, catalogue, submit }: Seen): object {
  const [stem = ''] = submit.path.split(':');
  const answers = catalogue
    .below(stem.replace(/\/[^/]*$/, ''))
    .map((listed) => listProperties(walk, schemaOf(successesOf(catalogue.read(listed))[0])))
    .filter((properties) => readStatus(walk, properties) !== null);
  const named = answers.flatMap((properties) =>
    properties.filter(
      ({ plain, depth, schema }) =>
        depth === 0 &&
        /(^|_)(result|results|output|response)$/.test(plain) &&
        isJsonObject(schema.value),
    ),
  );
  const [pointer, ...others] = new Set(named.map((property) => property.pointer));
  return pointer !== undefined && others.length === 0 ? { result: pointer } : {};
}
