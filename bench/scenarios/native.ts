// What native tasks and typed tools cost beside the pair, with nothing else going on: the same starts and reads in turns,
// without a worker; an empty operation to its result, with one; and the list of tools with 500 operations.
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { openMcpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeTurns, type Latency } from '../sample.ts';
import { TEXT, type Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Latencies of single calls on each face. */
export interface Native {
  readonly initiate: Latency;
  /** Of the tasks extension. */
  readonly create: Latency;
  /** Of 2025-11-25. */
  readonly legacyCreate: Latency;
  readonly resolve: Latency;
  readonly get: Latency;
  readonly legacyGet: Latency;
  /** The pair with `wait_seconds`, to the result of an empty operation. */
  readonly waiting: Latency;
  /** The typed tool, to the same. */
  readonly inline: Latency;
  /** `tools/list` with 500 operations. */
  readonly list: Latency;
  readonly listTokens: number;
}

const TASKS = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const CREATE = { name: 'empty_task', arguments: { text: TEXT } };

/** Measures the faces. */
export async function measureNative(setting: Setting): Promise<Native> {
  return {
    ...(await measureTasks(setting)),
    ...(await measureInline(setting)),
    ...(await measureList(setting)),
  };
}

async function measureTasks({ start, quick }: Setting) {
  await using gateway = await start('serve');
  await using modern = openMcpCaller(gateway.mcpUrl, 1);
  await using legacy = openMcpCaller(gateway.mcpUrl, 1, 'legacy');
  let taskId = '';
  return await takeTurns(
    {
      initiate: async () => {
        taskId = (await modern.call('initiate_background_task', EMPTY)).task_ref;
      },
      create: async () => {
        const created = await modern.request('tools/call', CREATE, TASKS);
        if (created['resultType'] !== 'task') throw new Error('there is no task');
      },
      legacyCreate: async () => {
        const created = await legacy.request('tools/call', { ...CREATE, task: {} });
        if (created['task'] === undefined) throw new Error('there is no task');
      },
      resolve: () => modern.call('resolve_task_status', { task_ref: taskId }),
      get: () => modern.request('tasks/get', { taskId }, TASKS),
      legacyGet: () => legacy.request('tasks/get', { taskId }),
    },
    quick ? 80 : 400,
  );
}

async function measureInline({ start, quick }: Setting) {
  await using gateway = await start('dev');
  await using caller = openMcpCaller(gateway.mcpUrl, 1);
  return await takeTurns(
    {
      waiting: () => caller.call('initiate_background_task', { ...EMPTY, wait_seconds: 25 }),
      inline: () => caller.request('tools/call', { name: 'empty', arguments: EMPTY.parameters }),
    },
    quick ? 30 : 150,
  );
}

async function measureList({ start, quick }: Setting) {
  await using gateway = await start('serve', 'many.config.ts');
  await using caller = openMcpCaller(gateway.mcpUrl, 1);
  const list = () => caller.request('tools/list', {});
  const listTokens = countTokens(JSON.stringify((await list())['tools']));
  return { ...(await takeTurns({ list }, quick ? 30 : 100)), listTokens };
}
