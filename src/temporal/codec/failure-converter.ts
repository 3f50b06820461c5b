// How a worker with keys writes failures to the history: message and stack trace go into a payload, which is encrypted as
// every other. The SDK loads this file by its path.
import { DefaultFailureConverter } from '@temporalio/common';

export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
