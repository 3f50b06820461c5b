import { expect, test } from '@jest/globals';
import { childEnvironment } from '../../src/local/index.ts';

const env = {
  ...{ PATH: '/bin', HOME: '/root', LANG: 'C', HTTPS_PROXY: 'http://proxy', OPENAI_API_KEY: 'x' },
  ...{
    SSL_CERT_FILE: '/ca.pem',
    NODE_EXTRA_CA_CERTS: '/ca.pem',
    LONGHAUL_PORT: '1',
    GOFLAGS: '-x',
  },
};

test.each([
  ['local', ['PATH', 'HOME', 'LANG']],
  ['upstream', ['PATH', 'HOME', 'LANG', 'HTTPS_PROXY', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS']],
] as const)('a %s program sees what it needs, and no secret', (kind, names) => {
  expect(Object.keys(childEnvironment(env, kind))).toEqual(names);
});
