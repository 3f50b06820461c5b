// The version of Longhaul, from the package: the file lies two folders up from the source and three from the build.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const file = import.meta.url.endsWith('.ts') ? '../../package.json' : '../../../package.json';

export const VERSION = (require(file) as { version: string }).version;
