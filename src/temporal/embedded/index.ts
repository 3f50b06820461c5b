// The embedded Temporal server, for whoever wires processes.
export { findTemporalCli } from './binary.ts';
export type { TemporalCli } from './cli-version.ts';
export { openDataDirectory } from './data-directory.ts';
export { readDataDirectory, stopEmbeddedServer } from './inspect.ts';
export { joinDataDirectory, type JoinOptions, type Membership } from './membership.ts';
export type { Ui, UiGuard } from './ui/serve.ts';
