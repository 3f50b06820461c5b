// docker-compose.yml as Docker Compose reads it: through compose-go, by the small Go program in tools/compose.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** A service, as far as tests look at it; short forms are written out, variables filled in. */
export interface ComposeService {
  readonly image: string;
  readonly command: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string>>;
  readonly deploy?: { readonly replicas: number };
  readonly restart: string;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly ports?: readonly {
    readonly host_ip?: string;
    readonly published: string;
    readonly target: number;
  }[];
  readonly volumes?: readonly {
    readonly type: string;
    readonly source: string;
    readonly target: string;
    readonly read_only?: boolean;
  }[];
  readonly networks: Readonly<Record<string, unknown>>;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
}

/** The whole file. */
export interface ComposeProject {
  readonly services: Readonly<Record<string, ComposeService>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
}

const READER = fileURLToPath(new URL('../../tools/compose', import.meta.url));
const FILE = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

/**
 * Reads the file with these variables, as `.env` would give them.
 *
 * @throws {Error} what compose-go finds wrong; or that Go is missing, for then nothing has been checked
 */
export async function readCompose(
  variables: Readonly<Record<string, string>>,
): Promise<ComposeProject> {
  try {
    const { stdout } = await promisify(execFile)('go', ['run', '.', FILE], {
      cwd: READER,
      env: { ...process.env, ...variables },
    });
    return JSON.parse(stdout) as ComposeProject;
  } catch (failure) {
    if ((failure as NodeJS.ErrnoException).code !== 'ENOENT') throw failure;
    throw new Error(
      'docker-compose.yml was not checked: it is read with compose-go, which needs Go 1.25 or later on the PATH',
      { cause: failure },
    );
  }
}
