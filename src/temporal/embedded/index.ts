// The embedded Temporal server, for whoever wires processes.
export { findTemporalCli, type FindCliOptions } from './binary.ts';
export type { TemporalCli } from './cli-version.ts';
export { openDataDirectory } from './data-directory.ts';
export type { EmbeddedServer } from './embedded-server.ts';
export { joinDataDirectory, type JoinOptions, type Membership } from './membership.ts';
export { readDataDirectory, stopEmbeddedServer, type DataDirectoryReport } from './inspect.ts';
export type { Member } from './leases.ts';
export type { SearchAttributeType } from './namespace.ts';
