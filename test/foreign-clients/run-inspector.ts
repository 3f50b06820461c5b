// The command line of the official MCP Inspector, one call a process.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '../support/files/temporary-directory.ts';

const PROGRAM = fileURLToPath(
  new URL(
    '../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js',
    import.meta.url,
  ),
);

/** How the Inspector chooses the protocol. */
export const ERAS = ['legacy', 'auto', 'modern'] as const;
export type InspectorEra = (typeof ERAS)[number];

/** How one call ended. */
export interface Inspection {
  /** 0 for a good answer, 5 for a tool result that is an error. */
  readonly exitCode: number;
  /** What it printed. */
  readonly output: string;
}

/** Longest call, in milliseconds. */
const CALL_MS = 60_000;

/** Calls a method, with the Inspector's own flags. */
export async function inspect(
  url: string,
  era: InspectorEra,
  method: string,
  flags: readonly string[] = [],
): Promise<Inspection> {
  await using home = await createTemporaryDirectory();
  const args = [
    ...[PROGRAM, '--cli', url, '--transport', 'http', '--protocol-era', era],
    ...['--method', method, '--format', 'json', ...flags],
  ];
  const env = { PATH: process.env['PATH'], HOME: home.path };
  return await new Promise((resolve) => {
    const options = { env, cwd: home.path, timeout: CALL_MS, maxBuffer: 2 ** 26 };
    const child = execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : (child.exitCode ?? -1);
      resolve({ exitCode, output: `${stdout}${stderr}` });
    });
  });
}
