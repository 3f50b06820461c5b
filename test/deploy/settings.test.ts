// What docker-compose.yml sets, held against the product that reads it, and the settings that it takes from `.env`.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { createConfiguredRegistry } from '../../src/assembly/configuration.ts';
import { CLOSE_GRACE_MS } from '../../src/assembly/gateway.ts';
import { openGate } from '../../src/assembly/gate.ts';
import { loadConfig, type LoadedConfig } from '../../src/config/load/load.ts';
import { loadTemporalAddress } from '../../src/temporal/connection/address.ts';
import { FORCE_AFTER_MS } from '../../src/temporal/worker/worker.ts';
import { readCompose, type ComposeProject, type ComposeService } from './compose-file.ts';
import { createHome } from '../support/processes/home.ts';

const PASSWORD = 'only-in-the-environment';
const LIMIT_MS = 300_000; // where compose-go is yet to be downloaded and compiled

let compose: ComposeProject;
let config: LoadedConfig;
beforeAll(async () => {
  compose = await readCompose({ POSTGRES_PASSWORD: PASSWORD });
  config = await loadMounted(running('serve')[0]!);
}, LIMIT_MS);

const entries = () => Object.entries(compose.services);
const service = (name: string) => compose.services[name]!;
const running = (command: string) =>
  entries().flatMap(([, found]) => (found.command?.[0] === command ? [found] : []));
const own = () => [...running('serve'), ...running('worker')];
const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** The configuration that a service's environment and mounted file make. */
async function loadMounted({ environment = {}, volumes = [] }: ComposeService) {
  const { LONGHAUL_CONFIG: file = '', ...env } = environment;
  const [mount] = volumes.filter(({ target }) => file.startsWith(`${target}/`));
  const path = file.replace(mount?.target ?? '', mount?.source ?? '');
  return loadConfig({ file: path, workingDirectory: '/', env });
}

function toMs(duration = '10s'): number {
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration) ?? [];
  return (Number(minutes) * 60 + Number(seconds)) * 1000;
}

describe('gateways and workers', () => {
  test('load a configuration, by the values that are meant', async () => {
    for (const found of own()) expect((await loadMounted(found)).file).not.toBeNull();
    expect(config.server).toMatchObject({ host: '0.0.0.0', allowedHosts: ['localhost'] });
    expect(service('edge').ports?.[0]?.published).toBe(String(config.server.port));
  });

  test("find the file's Temporal by Temporal's own settings", () => {
    for (const { environment = {} } of own()) {
      const target = loadTemporalAddress({ env: environment });
      expect(target?.connectionOptions.address).toBe('temporal:7233');
      expect(target?.namespace).toBe(service('namespace').environment?.['TEMPORAL_NAMESPACE']);
    }
    expect(service('temporal').healthcheck?.test).toContain('7233');
  });

  test('are started with flags that their commands have', async () => {
    await using home = await createHome();
    for (const { command } of own()) {
      const [name = '', ...flags] = command ?? [];
      const { stdout } = await home.run([name, '--help']);
      expect(stdout).toMatch(new RegExp(`^Usage: longhaul ${name} `));
      for (const flag of flags) expect(stdout).toContain(`${flag} `);
    }
  });

  test(
    'start without authentication only as long as nothing is published beyond loopback',
    async () => {
      const open = (found: LoadedConfig) =>
        openGate(async () => '', found, createConfiguredRegistry(found), { warn: () => undefined });
      const published = entries().flatMap(([, { ports = [] }]) => ports);
      expect(new Set(published.map(({ host_ip: host }) => host))).toEqual(new Set(['127.0.0.1']));
      expect(await open(config)).toBeNull();
      const strict = await readCompose({
        POSTGRES_PASSWORD: PASSWORD,
        ALLOW_UNAUTHENTICATED: 'false',
      });
      const refused = await loadMounted(strict.services['gateway-1']!);
      await expect(open(refused)).rejects.toThrow('refusing to listen on 0.0.0.0');
    },
    LIMIT_MS,
  );

  test('show their metrics where Prometheus is told to look, and nowhere beyond', async () => {
    const { scrape_configs: jobs } = parse(await read('deploy/prometheus/prometheus.yml')) as {
      readonly scrape_configs: readonly [
        { readonly static_configs: readonly [{ readonly targets: readonly string[] }] },
      ];
    };
    const toTargets = (name: string, { deploy, environment }: ComposeService) => {
      const port = environment?.['LONGHAUL_METRICS_PORT'];
      if (!deploy) return [`${name}:${port}`];
      return Array.from(
        { length: deploy.replicas },
        (_, at) => `longhaul-${name}-${at + 1}:${port}`,
      );
    };
    const shown = entries().filter(([, found]) => own().includes(found));
    const [
      {
        static_configs: [{ targets }],
      },
    ] = jobs;
    expect(targets).toEqual(shown.flatMap(([name, found]) => toTargets(name, found)));
    for (const [, found] of shown) {
      expect((await loadMounted(found)).observability.metricsHost).toBe('0.0.0.0');
      expect(Object.keys(found.networks)).toContain('metrics');
      expect(found.ports).toBeUndefined();
    }
    expect(compose.networks['metrics']?.internal).toBe(true);
    expect(await read('docker-compose.yml')).toMatch(/^name: longhaul$/m);
  });

  test('send traces where `.env` says, or nowhere', async () => {
    const endpoint = 'http://collector:4318';
    const traced = await readCompose({ POSTGRES_PASSWORD: PASSWORD, OTLP_ENDPOINT: endpoint });
    const { observability } = await loadMounted(traced.services['worker']!);
    expect(observability.otlpEndpoint).toBe(endpoint);
    expect(config.observability.otlpEndpoint).toBeNull();
  });

  test('carry the version of the package', async () => {
    const { version } = JSON.parse(await read('package.json')) as { version: string };
    expect(new Set(own().map(({ image }) => image))).toEqual(new Set([`longhaul:${version}`]));
  });

  test('have time to stop: attempts, calls, and waits that pass through the edge', () => {
    const { execution, polling } = config;
    const attemptsMs = execution.shutdownGraceSeconds * 1000 + FORCE_AFTER_MS;
    for (const found of running('worker')) {
      expect(toMs(found.stop_grace_period)).toBeGreaterThan(attemptsMs);
    }
    for (const found of running('serve')) {
      expect(toMs(found.stop_grace_period)).toBeGreaterThan(CLOSE_GRACE_MS);
    }
    expect(toMs(service('edge').stop_grace_period)).toBeGreaterThan(polling.waitCapSeconds * 1000);
  });
});

describe('Temporal', () => {
  test('keeps tasks as long as the embedded server does, on a number of shards that is stated', () => {
    expect(service('namespace').environment?.['RETENTION']).toBe(
      `${config.state.ttlSeconds / 3600}h`,
    );
    expect(service('temporal').environment?.['NUM_HISTORY_SHARDS']).toBe('128');
  });

  test('has tools of its own version', () => {
    const version = (name: string) => service(name).image.split(':')[1];
    expect(version('schema')).toBe(version('temporal'));
    expect(version('namespace')).toBe(version('temporal'));
  });

  test('alone reaches the database', () => {
    const inside = entries().filter(([, { networks }]) => 'database' in networks);
    expect(inside.map(([name]) => name).sort()).toEqual(['postgresql', 'schema', 'temporal']);
    expect(compose.networks['database']?.internal).toBe(true);
  });
});

describe('files and settings', () => {
  test('what is mounted is there, and cannot be written', () => {
    for (const [name, { command, volumes = [] }] of entries()) {
      for (const { type, source, target, read_only } of volumes) {
        if (type !== 'bind') continue;
        expect([name, source, existsSync(source), read_only]).toEqual([name, source, true, true]);
        const script = command?.find((word) => word.startsWith(`${target}/`)) ?? target;
        expect(existsSync(script.replace(target, source))).toBe(true);
      }
    }
  });

  test('no service can gain a right, and none keeps one but the edge', () => {
    for (const [name, { cap_add, security_opt }] of entries()) {
      expect([name, security_opt]).toEqual([name, ['no-new-privileges:true']]);
      const kept = name === 'edge' ? ['NET_BIND_SERVICE'] : undefined;
      expect([name, cap_add]).toEqual([name, kept]);
    }
  });

  test(
    'there is no start without a password, and no password in the file',
    async () => {
      await expect(readCompose({ POSTGRES_PASSWORD: '' })).rejects.toThrow(
        /POSTGRES_PASSWORD.*set it in \.env/,
      );
      const passwords = entries().flatMap(([, { environment = {} }]) =>
        Object.entries(environment).flatMap(([name, value]) =>
          /PASSWORD|PWD/.test(name) ? [value] : [],
        ),
      );
      expect(passwords).toEqual([PASSWORD, PASSWORD, PASSWORD]);
    },
    LIMIT_MS,
  );

  test('.env.example has every setting, the password among them and empty', async () => {
    const used = [...(await read('docker-compose.yml')).matchAll(/\$\{([A-Z_]+):[-?]/g)];
    const example = await read('.env.example');
    const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    const settings = new Set(used.map(([, name]) => name));
    expect(named.sort()).toEqual([...settings].sort());
    expect(example).toMatch(/^POSTGRES_PASSWORD=$/m);
  });
});
