// A process that uses the embedded server of a data directory: `data-directory-member.ts <data directory> <CLI> <server
// version>`. Says where the server is, then leaves on a line on stdin.
import { once } from 'node:events';
import { joinDataDirectory } from '../../../src/local/index.ts';

const [dataDirectory = '', file = '', serverVersion = ''] = process.argv.slice(2);
const membership = await joinDataDirectory({
  dataDirectory,
  role: 'test',
  findCli: async () => ({ file, serverVersion, env: {} }),
  report: () => undefined,
});
const { pid, address } = membership.server;
process.stdout.write(`${JSON.stringify({ pid, address, reused: membership.reused })}\n`);
await once(process.stdin, 'data');
await membership.leave();
process.stdin.destroy();
