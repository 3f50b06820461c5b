// The worker in Go that the tests follow: it knows nothing of Longhaul.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provideGoProgram } from './go-program.js';

const folder = join(import.meta.dirname, 'go-worker');
const digest = createHash('sha256');
for (const file of ['go.mod', 'go.sum', 'main.go']) digest.update(readFileSync(join(folder, file)));

provideGoProgram({
  name: 'go-worker',
  version: digest.digest('hex').slice(0, 12),
  folder,
  package: '.',
  flags: [],
  without: 'No worker in Go is followed',
});
