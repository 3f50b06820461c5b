// What the commands of an operator begin with: settings, and a connection for as long as the command takes.
import type { CommandContext, ExitCode } from './context.ts';
import type { Flags } from './flags.ts';
import { openTemporal, type OpenTemporal } from './open-temporal.ts';
import { loadSettings, type Role, type Settings } from './settings.ts';

export async function withTemporal(
  context: CommandContext,
  flags: Flags,
  role: Role,
  run: (opened: Settings & { readonly temporal: OpenTemporal }) => Promise<ExitCode>,
): Promise<ExitCode> {
  const settings = await loadSettings(context, flags, role);
  await using temporal = await openTemporal(settings);
  return await run({ ...settings, temporal });
}
