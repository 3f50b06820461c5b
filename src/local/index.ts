// What Longhaul has on this machine: the data directory with its locks and processes, the Temporal CLI, the embedded server.
export { childEnvironment } from './child-environment.ts';
export { findTemporalCli } from './cli/binary.ts';
export type { TemporalCli } from './cli/cli-version.ts';
export { openDataDirectory } from './data-directory.ts';
export { checkRoom } from './room.ts';
export { addLease, removeLease } from './leases.ts';
export { withLock } from './lock.ts';
export { freePort } from './ports.ts';
export { wasStartedWith } from './process-command.ts';
export { isAlive, processIdentity, processIdentitySchema } from './process-identity.ts';
export { readRecord, writeRecord } from './record.ts';
export { readDataDirectory, stopEmbeddedServer } from './server/inspect.ts';
export { joinDataDirectory, type JoinOptions, type Membership } from './server/membership.ts';
export type { Ui, UiGuard } from './server/ui/serve.ts';
export { stopProcess } from './stop-process.ts';
