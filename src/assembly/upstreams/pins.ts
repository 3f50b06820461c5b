// The pinned lists of upstreams, in a file beside the configuration: people review it, and it is deployed with the configuration.
// Invariant: a file that was found follows the rule for configurations that were found, and one that cannot be read stops the process.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, refuseExposed, type LoadedConfig } from '../../config/index.ts';
import { isJsonObject } from '../../contract/json.ts';
import { fromPinned, PIN_COMMAND, type Pinned } from '../../operations/kinds/mcp/pin.ts';
import { PINS_FILE } from '../../operations/kinds/mcp/pins-file.ts';

export function toPinsFile({ directory }: Pick<LoadedConfig, 'directory'>): string {
  return join(directory, PINS_FILE);
}

/**
 * What is pinned, by upstream; nothing where there is no file.
 *
 * @throws {ConfigError} where others could have written it, or it is not as it was written
 */
export function readPins(config: LoadedConfig): ReadonlyMap<string, Pinned> {
  const file = toPinsFile(config);
  if (!existsSync(file)) return new Map();
  if (!config.isNamed && config.file !== null) refuseExposed(config.file, [file]);
  try {
    const all: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (!isJsonObject(all)) throw new TypeError('expected an object');
    return new Map(Object.entries(all).map(([name, own]) => [name, fromPinned(name, own)]));
  } catch (error) {
    const message = `${(error as Error).message}; \`${PIN_COMMAND}\` writes it anew`;
    throw new ConfigError([{ source: file, path: '', message }]);
  }
}
