// What lies under gateways and workers: PostgreSQL and temporal-server, as docker-compose.yml has them.
import { readCompose, type ComposeProject } from '../../deploy/compose-file.ts';
import { createHome } from '../../support/processes/home.ts';
import { findBinaries } from './binaries.ts';
import { startPostgres, type Postgres } from './postgres.ts';
import { startClusterTemporal, type ClusterTemporal } from './temporal.ts';

/** The servers. End with their scope. */
export interface ClusterServers extends AsyncDisposable {
  readonly compose: ComposeProject;
  readonly postgres: Postgres;
  readonly temporal: ClusterTemporal;
}

const PASSWORD = 'of-this-cluster-alone';

/** Builds what is missing, and starts them. */
export async function startClusterServers(report: (line: string) => void): Promise<ClusterServers> {
  const compose = await readCompose({ POSTGRES_PASSWORD: PASSWORD });
  const binaries = await findBinaries(report);
  report('Starting PostgreSQL and temporal-server ...');
  const { POSTGRES_USER: user = 'temporal', POSTGRES_INITDB_ARGS: initdb = '' } =
    compose.services['postgresql']?.environment ?? {};
  const initdbArguments = initdb.split(' ').filter(Boolean);
  const postgres = await startPostgres(binaries.postgres, {
    user,
    password: PASSWORD,
    initdbArguments,
  });
  const home = await createHome();
  const temporal = await startClusterTemporal({ binaries, compose, postgres, home });
  return {
    compose,
    postgres,
    temporal,
    [Symbol.asyncDispose]: async () => {
      await temporal[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
      await postgres[Symbol.asyncDispose]();
    },
  };
}
