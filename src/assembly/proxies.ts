// Proxies of the environment. They lead out of a closed network, never to this machine: a proxy's loopback is the proxy.
// Invariant: once the process has taken these variables, no library in it, and no process that it starts, asks a proxy
// for something on loopback.

type Environment = Readonly<Record<string, string | undefined>>;

const PROXY = /^(https?|all|grpc)_proxy$/i;

/** Loopback in the forms that libraries compare; an address of IPv6 with and without brackets. */
const LOOPBACK = ['localhost', '127.0.0.1', '::1', '[::1]'];

/** What to add to the environment of this process; nothing where there is no proxy. */
export function exemptLoopback(env: Environment): Record<string, string> {
  if (namesOf(env).length === 0) return {};
  const exempt = (value = '') => {
    const listed = value.split(',').map((entry) => entry.trim());
    if (listed.includes('*')) return value;
    return [...listed.filter(Boolean), ...LOOPBACK.filter((host) => !listed.includes(host))].join();
  };
  // Some libraries read the one, some the other; each keeps what it had.
  return {
    no_proxy: exempt(env['no_proxy'] ?? env['NO_PROXY']),
    NO_PROXY: exempt(env['NO_PROXY'] ?? env['no_proxy']),
  };
}

/** The proxies as one sentence, without what logs in to them. */
export function describeProxies(env: Environment): string {
  const found = namesOf(env).map((name) => `${name} is ${originOf(env[name] ?? '')}`);
  if (found.length === 0) return 'none';
  return `${found.join(', ')}; pip and Go use them to get the Temporal CLI, Temporal and this machine are asked directly`;
}

function namesOf(env: Environment): string[] {
  return Object.keys(env).filter((name) => PROXY.test(name) && env[name]);
}

function originOf(value: string): string {
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  return url ? `${url.protocol}//${url.host}` : 'no address';
}
