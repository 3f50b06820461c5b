// What of this machine can be relied on, where another process, or another user, may have written it.
export { approvalsFile, approve, readApproval, type Approvable } from './approvals.ts';
export { findExposure, findExposureBehind, MACHINE, toWord, type Machine } from './exposure.ts';
export { checkOwnDirectory, closeDirectory } from './private-directory.ts';
export { openPrivateLog, readPrivateFile, rotateLog, writePrivateFile } from './private-files.ts';
export { homeDirectory, stateDirectory } from './state-directory.ts';
