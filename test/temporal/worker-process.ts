// A worker in a process of its own: `worker-process.ts <address> <task queue>`. Says `ready`, then the label of every run.
import { createTestOperations } from '../support/operations/test-operations.ts';
import { openTestGateway, startTestWorker } from '../support/temporal/gateway-and-worker.ts';

const [address = '', taskQueue = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const { registry } = createTestOperations(say);
await startTestWorker(await openTestGateway(address, registry), registry, { taskQueue });
say('ready');
