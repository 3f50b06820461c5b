// docker-compose.yml, read by the library that Docker Compose is built on and held against the code: there is no Docker
// here to start it with.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../../src/config/index.ts';
import { DYNAMIC_CONFIG } from '../../src/local/server/launch.ts';
import { readCompose, type ComposeProject } from './compose-file.ts';

const root = new URL('../../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));

let services: ComposeProject['services'];
let volumes: ComposeProject['volumes'];
beforeAll(async () => {
  ({ services, volumes } = await readCompose({ POSTGRES_PASSWORD: 'a-password' }));
}, 300_000);

const ours = () =>
  Object.entries(services).filter(([, { image }]) => image.startsWith('longhaul:'));

describe('docker-compose.yml', () => {
  test('has PostgreSQL, Temporal, its UI, two gateways behind one address and two workers', () => {
    expect(Object.keys(services).sort()).toEqual([
      'edge',
      'gateway-1',
      'gateway-2',
      'namespace',
      'postgresql',
      'schema',
      'temporal',
      'ui',
      'worker',
    ]);
    expect(services['worker']?.deploy?.replicas).toBe(2);
  });

  test('pins every image to a version, and those of others to a digest', () => {
    for (const [name, { image }] of Object.entries(services)) {
      expect([name, image]).toEqual([
        name,
        expect.stringMatching(/^[\w./-]+:\d+(\.\d+)+[\w.-]*(@sha256:[0-9a-f]{64})?$/),
      ]);
    }
    const byTag = Object.values(services).flatMap(({ image }) =>
      image.includes('@') ? [] : [image.split(':')[0]],
    );
    expect(new Set(byTag)).toEqual(new Set(['longhaul']));
  });

  test('keeps the database in a named volume', () => {
    expect(volumes).toHaveProperty('postgresql');
    expect(services['postgresql']?.volumes).toContainEqual(
      expect.objectContaining({ type: 'volume', source: 'postgresql' }),
    );
  });

  test('watches the health of every service that stays', () => {
    const staying = Object.entries(services).filter(
      ([, { restart }]) => restart === 'unless-stopped',
    );
    expect(staying).toHaveLength(7);
    for (const [name, { healthcheck }] of staying) {
      expect([name, healthcheck?.test.length ?? 0]).not.toEqual([name, 0]);
    }
  });

  test('starts each service after what it needs', () => {
    const needs = (name: string) => services[name]?.depends_on ?? {};
    expect(needs('schema')['postgresql']?.condition).toBe('service_healthy');
    expect(needs('temporal')['schema']?.condition).toBe('service_completed_successfully');
    expect(needs('namespace')['temporal']?.condition).toBe('service_healthy');
    for (const [name] of ours()) {
      expect(needs(name)['namespace']?.condition).toBe('service_completed_successfully');
    }
  });

  test('publishes ports on loopback alone', () => {
    const published = Object.values(services).flatMap(({ ports = [] }) => ports);
    expect(published.map(({ host_ip: host }) => host)).toEqual(['127.0.0.1', '127.0.0.1']);
  });

  test('publishes the Temporal UI through the edge alone, which keeps web pages out', async () => {
    expect(services['ui']?.ports ?? []).toEqual([]);
    expect(Object.keys(services['ui']?.networks ?? {}).sort()).toEqual(['temporal', 'ui']);
    const others = Object.entries(services).filter(([, { networks }]) => 'ui' in networks);
    expect(others.map(([name]) => name).sort()).toEqual(['edge', 'ui']);
    const caddyfile = await readFile(path('deploy/Caddyfile'), 'utf8');
    const site = caddyfile.slice(caddyfile.indexOf(':8081 {'));
    const steps = [
      'host localhost 127.0.0.1',
      '403',
      'header.Origin',
      '403',
      'reverse_proxy ui:8080',
    ];
    let from = 0;
    for (const step of steps) {
      const at = site.indexOf(step, from);
      expect([step, at]).not.toEqual([step, -1]);
      from = at + 1;
    }
    const published = services['edge']?.ports?.map(({ published: port, target }) => [port, target]);
    expect(published).toEqual([
      ['7400', 8080],
      ['8080', 8081],
    ]);
  });

  test('runs every container with a read-only root and without capabilities', () => {
    for (const [name, { read_only: readOnly, cap_drop: dropped }] of Object.entries(services)) {
      expect([name, readOnly, dropped]).toEqual([name, true, ['ALL']]);
    }
  });
});

describe('what it asks of Longhaul', () => {
  test('is a command that exists', async () => {
    const servers = await readFile(path('src/commands/add-servers.ts'), 'utf8');
    const commands = ours().map(([, { command }]) => command?.[0] ?? '');
    expect(commands.sort()).toEqual(['serve', 'serve', 'worker']);
    for (const command of commands) expect(servers).toContain(`.command('${command}')`);
  });

  test('is set by variables that exist', () => {
    const known = new Set([
      ...ENVIRONMENT.map(({ variable }) => variable),
      'TEMPORAL_ADDRESS',
      'TEMPORAL_NAMESPACE',
    ]);
    for (const [name, { environment = {} }] of ours()) {
      const unknown = Object.keys(environment).filter((variable) => !known.has(variable));
      expect([name, unknown]).toEqual([name, []]);
    }
  });

  test('is reached on the default port', async () => {
    const caddyfile = await readFile(path('deploy/Caddyfile'), 'utf8');
    expect(caddyfile).toContain('gateway-1:7400');
    expect(caddyfile).toContain('gateway-2:7400');
    expect(services['gateway-1']?.healthcheck?.test.join(' ')).toContain('127.0.0.1:7400/readyz');
  });

  test('reads the configuration that lies beside it', async () => {
    const { environment } = services['worker']!;
    expect(environment?.['LONGHAUL_CONFIG']).toBe('/config/longhaul.config.yaml');
    await expect(readFile(path('deploy/config/longhaul.config.yaml'))).resolves.toBeDefined();
  });
});

describe('what it asks of Temporal', () => {
  test('is the dynamic configuration of the embedded server, and what a cluster needs', async () => {
    const text = await readFile(path('deploy/temporal/dynamic-config.yaml'), 'utf8');
    const values = Object.fromEntries(
      Object.entries(parse(text) as Record<string, [{ value: unknown }]>).map(
        ([name, [{ value }]]) => [name, value],
      ),
    );
    expect(values).toMatchObject(DYNAMIC_CONFIG);
    expect(values['limit.maxIDLength']).toBe(255);
  });

  test('is a namespace that keeps finished tasks for 48 hours', async () => {
    expect(services['namespace']?.environment?.['RETENTION']).toBe('48h');
    const script = await readFile(path('deploy/temporal/create-namespace.sh'), 'utf8');
    expect(script).toContain('RETENTION');
  });
});
