// `promtool`, Prometheus's runner of tests for alert rules: no package registry has the program itself. What finds targets in
// clouds is left out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideGoProgram } from './go-program.js';

const folder = join(import.meta.dirname, 'promtool');
const [, version = ''] =
  /prometheus\/prometheus v0\.(\S+)/.exec(readFileSync(join(folder, 'go.mod'), 'utf8')) ?? [];

provideGoProgram({
  name: 'promtool',
  version,
  folder,
  package: 'github.com/prometheus/prometheus/cmd/promtool',
  flags: ['-tags', 'remove_all_sd,netgo,builtinassets'],
  without: 'The alert rules are not tested',
});
