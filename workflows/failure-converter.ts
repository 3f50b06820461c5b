// How failures are written to the history by workflows: as text, or, where the worker has keys, with message and stack trace
// in a payload of their own, which the worker encrypts. The worker sets a global in front of the bundle to say which.
import { DefaultFailureConverter } from '@temporalio/common';
import { ENCODES_FAILURES } from '../src/contract/workflow/sandbox.ts';

export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: Object.hasOwn(globalThis, ENCODES_FAILURES),
});
