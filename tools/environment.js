// What the programs that these tools start get to see of the environment: what they need, by name. npm alone gets all of
// it, since it runs the scripts of the project itself. The product's own list: src/local/child-environment.ts.
import process from 'node:process';

const NEEDED = new RegExp(
  '^(' +
    [
      'PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|TMP|TEMP|TZ|LANG|LANGUAGE|LC_\\w+|XDG_\\w+|SYSTEMROOT|WINDIR|COMSPEC|PATHEXT',
      'USERPROFILE|APPDATA|LOCALAPPDATA|(https?|all|no|ftp)_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NETRC',
      'PIP_\\w+|PYTHON\\w*|VIRTUAL_ENV|PYENV_\\w+|CONDA_\\w+|GO\\w*|CGO_\\w+|CC|CXX|GIT_\\w+|SSH_AUTH_SOCK',
      'JAVA_\\w+|MAVEN_\\w+|M2_\\w+',
    ].join('|') +
    ')$',
  'i',
);

/**
 * Its environment, with what is fixed laid over it.
 *
 * @returns {Record<string, string>}
 */
export function environment(/** @type {Record<string, string>} */ fixed = {}) {
  const needed = Object.entries(process.env).filter(([name]) => NEEDED.test(name));
  return { ...Object.fromEntries(needed), ...fixed };
}
