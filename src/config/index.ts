// The door to configurations, for the command line; what a configuration itself imports stands in src/index.ts.
export { readPowers } from './approval.ts';
export { ENVIRONMENT } from './environment.ts';
export { loadConfig, type LoadedConfig } from './load.ts';
export { registerModuleResolution } from './module-resolution.ts';
export type { Overrides } from './override.ts';
export { ConfigError } from './problem.ts';
export { locateConfigFile } from './take-file.ts';
export { createInitFiles } from './templates.ts';
