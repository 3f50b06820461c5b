// A worker in a process of its own: `lane-worker.ts <address> <task queue>`. Says `ready`, then the label of every run.
import { openTestGateway, startTestWorker } from '../../support/temporal/gateway-and-worker.ts';
import { createLaneOperations } from './lane-operations.ts';

const [address = '', taskQueue = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
const registry = createLaneOperations(say).toRegistry('activity');
await startTestWorker(await openTestGateway(address, registry), registry, { taskQueue });
say('ready');
