// The embedded Temporal server, for whoever wires processes.
export { findTemporalCli } from './cli/binary.ts';
export type { TemporalCli } from './cli/cli-version.ts';
export { openDataDirectory } from './data-directory.ts';
export { readDataDirectory, stopEmbeddedServer } from './server/inspect.ts';
export { joinDataDirectory, type JoinOptions, type Membership } from './server/membership.ts';
export type { Ui, UiGuard } from './server/ui/serve.ts';
