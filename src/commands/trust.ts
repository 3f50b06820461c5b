// `longhaul trust`: approves a configuration file as it is, so that a client's session takes it where it finds it.
import { locateConfigFile, readPowers } from '../config/index.ts';
import { approvalsFile, approve } from '../trust/index.ts';
import { EXIT, UsageError, type CommandContext, type ExitCode } from '../assembly/context.ts';

export async function trust(context: CommandContext, named?: string): Promise<ExitCode> {
  const { env, workingDirectory, stdout } = context;
  const { file } = await locateConfigFile({
    workingDirectory,
    ...(named === undefined ? { env: { ...env, LONGHAUL_CONFIG: '' } } : { env, file: named }),
  });
  if (file === null) {
    throw new UsageError(
      'there is no configuration here to approve; name one: longhaul trust FILE',
    );
  }
  const { powers, approvable } = await readPowers(file, workingDirectory);
  if (powers.length === 0) {
    stdout.write(`${file} runs nothing and reads no secrets: it needs no approval.\n`);
    return EXIT.ok;
  }
  try {
    approve(env, approvable);
  } catch (error) {
    const { message } = error as Error;
    throw new Error(
      `the approval cannot be kept (${message}); name the file where the client starts Longhaul: --config ${file}`,
      { cause: error },
    );
  }
  stdout.write(
    [
      `Approved as it is now: ${file}`,
      ...powers.map((power) => `  ${power}`),
      ...[...approvable.contents.keys()].slice(1).map((path) => `  with ${path}`),
      `Once one of these files changes, a client's session asks for this again. Kept in ${approvalsFile(env)}.`,
      '',
    ].join('\n'),
  );
  return EXIT.ok;
}
