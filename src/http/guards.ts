// Who may call by name: protection against DNS rebinding, where a web page reaches a server on the reader's machine. Invariant:
// names are compared as they were sent. A URL parser would make 127.1, user@localhost and localhost/path the name of this
// machine.
import type { IncomingMessage } from 'node:http';
import { isLoopback } from './loopback.ts';

export interface Refusal {
  readonly status: number;
  /** For people. */
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The refusal of a request; `null` for one that may be answered. */
export type HostGuard = (request: IncomingMessage) => Refusal | null;

/** The names of this machine, as they stand in Host and Origin. */
const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]'];

const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** An origin as a browser writes it. */
const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/**
 * Creates the guard: 400 for a request that names no host, two, or what is none, and 403 for what may not call.
 *
 * Origins are always checked. The Host header is checked on a loopback bind and where `allowedHosts` says what to
 * expect; elsewhere any name may lead to this machine.
 */
export function createHostGuard(host: string, allowedHosts: readonly string[]): HostGuard {
  const names = [...OWN_NAMES, ...allowedHosts.map((name) => name.toLowerCase())];
  const isAnyHost = !isLoopback(host) && allowedHosts.length === 0;
  // Programs send no Origin and the same Host each time: to check it again would be a hundredth of a read.
  let passed: string | undefined;
  return (request) => {
    const { host: given, origin } = request.headers;
    if (countHosts(request) !== 1) return refuse(400, 'a request needs one Host header');
    if (given === passed && origin === undefined) return null;
    const name = HOST.exec(given ?? '')?.[1]?.toLowerCase();
    if (name === undefined) return refuse(400, 'the Host header is no host name');
    if (!isAnyHost && !names.includes(name)) {
      return refuse(403, `this server does not answer to the name ${name}; ${toWayOut(name)}`);
    }
    if (origin !== undefined && !isAllowedOrigin(origin, names)) {
      const { hostname: page = 'HOST' } = URL.canParse(origin) ? new URL(origin) : {};
      return refuse(403, `pages of this origin may not call here; ${toWayOut(page || 'HOST')}`);
    }
    passed = given;
    return null;
  };
}

/**
 * Creates the guard of pages that programs ask for by address: the probes of Kubernetes and Prometheus name a pod, which
 * no list can name beforehand. So Host is checked on a loopback bind alone, where no such program is, and browsers are.
 */
export function createProbeGuard(host: string, guard: HostGuard): HostGuard {
  return isLoopback(host) ? guard : () => null;
}

/** Node keeps the first one and says nothing of others, which a proxy before it may have gone by. */
function countHosts({ rawHeaders }: IncomingMessage): number {
  const isHost = (name: string, index: number) =>
    index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host';
  return rawHeaders.filter(isHost).length;
}

/** Extensions have an origin of their own, which differs from one browser to the next: `moz-extension://*` allows them all. */
function isAllowedOrigin(origin: string, names: readonly string[]): boolean {
  const [, scheme = '', name = ''] = ORIGIN.exec(origin.toLowerCase()) ?? [];
  if (name === '') return false;
  return names.includes(name) || (!/^https?$/.test(scheme) && names.includes(`${scheme}://*`));
}

function toWayOut(name: string): string {
  return `if it is meant to lead here, add it to server.allowedHosts (LONGHAUL_ALLOWED_HOSTS=${name})`;
}

function refuse(status: number, message: string): Refusal {
  return { status, message };
}
