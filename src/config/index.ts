// The door to configurations, for the command line; what a configuration itself imports stands in src/index.ts.
export { readPowers } from './load/approval.ts';
export { ENVIRONMENT } from './load/environment.ts';
export { refuseExposed } from './load/exposed-file.ts';
export { loadConfig, type LoadedConfig } from './load/load.ts';
export { registerModuleResolution } from './load/module-resolution.ts';
export type { Overrides } from './load/override.ts';
export { ConfigError } from './explain/problem.ts';
export { locateConfigFile } from './load/take-file.ts';
export { createInitFiles } from './templates.ts';
