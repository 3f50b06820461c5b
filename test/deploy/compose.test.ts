// docker-compose.yml, read by the library that Docker Compose is built on and held against the code: there is no Docker
// here to start it with.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENT } from '../../src/config/index.ts';
import { DYNAMIC_CONFIG } from '../../src/temporal/embedded/launch.ts';

const root = new URL('../../', import.meta.url);
const path = (name: string) => fileURLToPath(new URL(name, root));

interface Service {
  readonly image: string;
  readonly command?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
  readonly ports?: readonly { readonly host_ip?: string; readonly target: number }[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly volumes?: readonly { readonly type: string; readonly source: string }[];
  readonly deploy?: { readonly replicas?: number };
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
}

let services: Readonly<Record<string, Service>>;
let volumes: Readonly<Record<string, unknown>>;

beforeAll(() => {
  const json = execFileSync('go', ['run', '.', path('docker-compose.yml')], {
    cwd: path('tools/compose'),
    env: { ...process.env, POSTGRES_PASSWORD: 'a-password' },
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  const project = JSON.parse(json) as { services: typeof services; volumes: typeof volumes };
  ({ services, volumes } = project);
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

  test('pins every image to a version', () => {
    for (const [name, { image }] of Object.entries(services)) {
      expect([name, image]).toEqual([name, expect.stringMatching(/^[\w./-]+:\d+(\.\d+)+[\w.-]*$/)]);
    }
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

  test('runs every container with a read-only root and without capabilities', () => {
    for (const [name, { read_only: readOnly, cap_drop: dropped }] of Object.entries(services)) {
      expect([name, readOnly, dropped]).toEqual([name, true, ['ALL']]);
    }
  });
});

describe('what it asks of Longhaul', () => {
  test('is a command that exists', async () => {
    const program = await readFile(path('src/commands/program.ts'), 'utf8');
    const commands = ours().map(([, { command }]) => command?.[0] ?? '');
    expect(commands.sort()).toEqual(['serve', 'serve', 'worker']);
    for (const command of commands) expect(program).toContain(`.command('${command}')`);
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

describe('the image', () => {
  test('is Debian, not Alpine, runs as another user than root, and copies what exists', async () => {
    const dockerfile = await readFile(path('deploy/Dockerfile'), 'utf8');
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:24\.[\d.]+-\w+-slim$/);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toContain('ENTRYPOINT ["node", "/app/dist/src/cli.js"]');
    const copied = [...dockerfile.matchAll(/^COPY (?!--)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied.length).toBeGreaterThan(5);
    for (const name of copied) {
      expect([name, existsSync(path(name))]).toEqual([name, true]);
    }
  });
});
