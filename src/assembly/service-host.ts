// What services of operations are opened with, in this process.
import type { ServiceHost } from '../operations/services.ts';
import { childEnvironment } from '../local/index.ts';
import type { CommandContext } from './context.ts';
import type { Log } from './log.ts';
import type { Resolved } from './resolved.ts';
import { VERSION } from './version.ts';

export function createServiceHost(
  { env }: Pick<CommandContext, 'env'>,
  { secret }: Pick<Resolved, 'secret'>,
  log: Log,
): ServiceHost {
  return {
    secret,
    log,
    version: VERSION,
    childEnvironment: (names) => ({
      ...childEnvironment(env, 'upstream'),
      ...Object.fromEntries(
        names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
      ),
    }),
  };
}
