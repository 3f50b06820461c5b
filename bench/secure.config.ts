// The same operations behind OAuth, with what tasks carry encrypted; the scenario names the authorization server and the keys.
import { defineConfig } from 'longhaul';
import config from './longhaul.config.ts';

export default defineConfig({
  ...config,
  auth: { mode: 'oauth', resource: 'http://127.0.0.1/mcp', issuer: 'http://127.0.0.1' },
  encryption: { keys: [{ id: 'bench', key: 'env:BENCH_KEY' }], nameKey: 'env:BENCH_NAME_KEY' },
});
