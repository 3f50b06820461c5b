// The same two tools over BullMQ, as one would write them with the MCP SDK: a program of its own, that says where it listens and ends with
// SIGTERM. `server.ts PORT QUEUE`: the port of Redis and the name of the queue; `--no-worker` leaves its jobs open.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { toNodeHandler, type NodeIncomingMessageLike } from '@modelcontextprotocol/node';
import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import { Job, Queue, QueueEvents, Worker } from 'bullmq';
import * as z from 'zod';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'no-worker': { type: 'boolean', default: false } },
});
const [port, name = 'bench'] = positionals;
const connection = { host: '127.0.0.1', port: Number(port) };
const queue = new Queue(name, {
  connection,
  defaultJobOptions: {
    attempts: 3,
    backoff: { type: 'exponential', delay: 1_000 },
    removeOnComplete: { age: 3_600 },
  },
});
const events = new QueueEvents(name, { connection });
queue.setMaxListeners(0); // each caller that waits listens
const worker = values['no-worker']
  ? null
  : new Worker(name, () => Promise.resolve({}), { connection, concurrency: 50 });

const waitSeconds = z.int().min(0).max(25).default(0);
const initiateInput = z.object({
  operation_type: z.enum(['empty']),
  parameters: z.object({ text: z.string() }),
  wait_seconds: waitSeconds,
});
const resolveInput = z.object({ task_ref: z.string(), wait_seconds: waitSeconds });
const output = z.object({
  task_ref: z.string(),
  status: z.string(),
  done: z.boolean(),
  poll_after_ms: z.int().nullable(),
  result: z.unknown().optional(),
  error: z.string().nullable(),
});

interface Standing {
  readonly status: string;
  readonly result?: unknown;
  readonly error?: string;
}

/** How a job stands when it has ended, or so many seconds later. */
async function waitFor(job: Job, seconds: number): Promise<Standing> {
  try {
    const result: unknown = await job.waitUntilFinished(events, seconds * 1000);
    return { status: 'completed', result };
  } catch {
    return read(job.id ?? ''); // it has failed, or the time is over
  }
}

async function read(id: string): Promise<Standing> {
  const job = await Job.fromId(queue, id);
  if (!job) throw new Error(`there is no task ${id}`);
  const status = await job.getState();
  return {
    status,
    ...(status === 'completed' && { result: job.returnvalue as unknown }),
    ...(status === 'failed' && { error: job.failedReason }),
  };
}

function toAnswer(id: string, { status, result, error }: Standing) {
  const done = status === 'completed' || status === 'failed';
  const structuredContent = {
    task_ref: id,
    ...{ status, done, result },
    error: error ?? null,
    poll_after_ms: done ? null : 1_000,
  };
  const text = JSON.stringify(structuredContent);
  return { content: [{ type: 'text' as const, text }], structuredContent };
}

const handler = createMcpHandler(() => {
  const server = new McpServer({ name: 'bullmq', version: '1' });
  server.registerTool(
    'initiate_background_task',
    { description: 'Starts a job.', inputSchema: initiateInput, outputSchema: output },
    async ({ operation_type, parameters, wait_seconds }) => {
      const id = randomUUID();
      const job = await queue.add(operation_type, parameters, { jobId: id });
      const standing = wait_seconds > 0 ? await waitFor(job, wait_seconds) : { status: 'waiting' };
      return toAnswer(id, standing);
    },
  );
  server.registerTool(
    'resolve_task_status',
    { description: 'Reads a job.', inputSchema: resolveInput, outputSchema: output },
    async ({ task_ref, wait_seconds }) => {
      const job = wait_seconds > 0 ? await Job.fromId(queue, task_ref) : undefined;
      return toAnswer(task_ref, await (job ? waitFor(job, wait_seconds) : read(task_ref)));
    },
  );
  return server;
});

await Promise.all([queue.waitUntilReady(), events.waitUntilReady(), worker?.waitUntilReady()]);
const serve = toNodeHandler(handler);
const server = createServer(
  (request, response) => void serve(request as NodeIncomingMessageLike, response),
);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`);
