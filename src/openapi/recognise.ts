// Which operations of a description are one job. In the order of certainty: what Azure's extension says, Google's long-running
// operations (AIP-151), OpenAPI links, a header that has the address of the job, and a resource that has a status. What is not
// said but concluded is marked, for a person to look at.
import { readAzureJob } from './job-azure.ts';
import { readGoogleJob } from './job-google.ts';
import { readHeaderJob } from './job-header.ts';
import { readLinkedJob } from './job-links.ts';
import { readResourceJob } from './job-resource.ts';
import type { Job, Seen } from './job.ts';

/** The job that an operation starts; `null` where none is recognised. */
export function recogniseJob(seen: Seen): Job | null {
  if (['GET', 'HEAD', 'OPTIONS'].includes(seen.submit.method)) return null;
  return (
    readAzureJob(seen) ??
    readGoogleJob(seen) ??
    readLinkedJob(seen) ??
    readHeaderJob(seen, '202') ??
    readResourceJob(seen) ??
    readHeaderJob(seen, '201')
  );
}
