// What another program gets to see of the environment: what it needs, by name. Invariant: a variable that is not listed
// here, such as a secret that operations read, is never handed on.

export type Environment = Readonly<Record<string, string | undefined>>;

/** What every program needs to run at all. */
const EVERYWHERE =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TMP|TEMP|TZ|LANG|LANGUAGE|LC_\w+|XDG_\w+|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT|USERPROFILE|APPDATA|LOCALAPPDATA)$/i;

/** What finds the way out of a closed network, and whom to trust there. */
const NETWORK =
  /^((https?|all|no|ftp)_proxy|SSL_CERT_(FILE|DIR)|NODE_EXTRA_CA_CERTS|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NETRC)$/i;

const NEEDS = {
  /** A program that asks no network. */
  local: [EVERYWHERE],
  /** An MCP server, which may have to be fetched first. */
  upstream: [EVERYWHERE, NETWORK],
  /** pip, with its settings and those of the Python that runs it. */
  pip: [EVERYWHERE, NETWORK, /^(PIP_\w+|PYTHON\w*|VIRTUAL_ENV|PYENV_\w+|CONDA_\w+)$/],
  /** Go, with its settings; git and ssh fetch modules that no proxy has. */
  go: [EVERYWHERE, NETWORK, /^(GO\w*|CGO_\w+|CC|CXX|GIT_\w+|SSH_AUTH_SOCK)$/],
} as const;

/** The part of an environment that a program of this kind needs. */
export function childEnvironment(
  env: Environment,
  kind: keyof typeof NEEDS = 'local',
): Record<string, string> {
  const needed = (name: string) => NEEDS[kind].some((pattern) => pattern.test(name));
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && needed(entry[0]),
    ),
  );
}
