// The door to configurations.
export { defineConfig, type ConfigExport, type ConfigOptions } from './define-config.ts';
export { ENVIRONMENT, type EnvironmentVariable, type OverridablePath } from './environment.ts';
export { loadConfig, type LoadedConfig, type LoadOptions } from './load.ts';
export { registerModuleResolution } from './module-resolution.ts';
export type { Overrides } from './override.ts';
export { ConfigError, type ConfigProblem } from './problem.ts';
export { createInitFiles, type InitFile } from './templates.ts';
