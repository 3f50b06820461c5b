// Where Longhaul keeps what belongs to the user and to no folder.
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Env = Readonly<Record<string, string | undefined>>;

/** `$XDG_STATE_HOME/longhaul`, or the place that the operating system has for such things; it need not exist. */
export function stateDirectory(env: Env, platform: NodeJS.Platform = process.platform): string {
  return join(toBase(env, platform), 'longhaul');
}

/** The user's own folder. */
export function homeDirectory(env: Env): string {
  const home = env['HOME'] ?? '';
  return isAbsolute(home) ? home : homedir();
}

function toBase(env: Env, platform: NodeJS.Platform): string {
  const { XDG_STATE_HOME: state = '', LOCALAPPDATA: local = '' } = env;
  if (isAbsolute(state)) return state;
  const home = homeDirectory(env);
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  if (platform !== 'win32') return join(home, '.local', 'state');
  return local === '' ? join(home, 'AppData', 'Local') : local;
}
