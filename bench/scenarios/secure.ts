// What encryption costs: a start and a read, plain and with a token of a real authorization server and encryption, in turns, with
// nothing else going on.
import { createKeyText } from '../../src/encryption/index.ts';
import { startAuthorizationServer } from '../../test/support/peers/authorization-server.ts';
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeTurns, type Latency } from '../sample.ts';
import type { Setting } from '../setting.ts';
import { EMPTY } from './calls.ts';

/** Latencies of single calls. */
export interface Secure {
  readonly plainInitiate: Latency;
  readonly initiate: Latency;
  readonly plainResolve: Latency;
  readonly resolve: Latency;
}

/** Measures both. */
export async function measureSecure({ start, quick }: Setting): Promise<Secure> {
  await using server = await startAuthorizationServer(['bench']);
  await using plainGateway = await start('serve');
  await using gateway = await start('serve', 'secure.config.ts', {
    LONGHAUL_ISSUER: server.issuer,
    BENCH_KEY: createKeyText(),
    BENCH_NAME_KEY: createKeyText(),
  });
  const token = await server.fetchToken('bench', 'http://127.0.0.1/mcp');
  await using plainCaller = openMcpCaller(plainGateway.mcpUrl, 1);
  await using caller = openMcpCaller(gateway.mcpUrl, 1, 'modern', token);
  const plain = toSides(plainCaller);
  const secure = toSides(caller);
  return await takeTurns(
    {
      plainInitiate: plain.initiate,
      initiate: secure.initiate,
      plainResolve: plain.resolve,
      resolve: secure.resolve,
    },
    quick ? 80 : 400,
  );
}

function toSides(caller: McpCaller) {
  let taskRef = '';
  return {
    initiate: async () => {
      taskRef = (await caller.call('initiate_background_task', EMPTY)).task_ref;
    },
    resolve: () => caller.call('resolve_task_status', { task_ref: taskRef }),
  };
}
