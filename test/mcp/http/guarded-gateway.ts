// The HTTP gateway over the fake task service, behind a gate with static tokens.
import { describeResource } from '../../../src/auth/index.ts';
import { createFace } from '../../support/gateways/face.ts';
import {
  modernHeaders,
  send,
  startGateway,
  toModern,
  type Answer,
  type Running,
} from '../../support/gateways/http-gateway.ts';
import { startStaticGate, type StaticGate } from '../../support/gateways/static-gate.ts';

/** A gateway behind a gate. */
export interface GuardedGateway extends Running {
  readonly guard: StaticGate;
  /** Everything that was logged. */
  readonly logged: readonly unknown[];
  /** The Authorization header of a caller. */
  readonly headerOf: (name: string) => string;
  /** The address of another page of the server. */
  readonly page: (path: string) => string;
  /** Calls a tool as a caller. */
  readonly call: (who: string, name: string, args: object) => Promise<Answer>;
}

const METADATA = describeResource({
  resource: 'https://longhaul.example.com/deep/mcp',
  endpoint: '/mcp',
  issuer: 'https://login.example.com',
  scopes: ['tasks:read', 'tasks:write'],
  name: 'longhaul',
});
/** Where the metadata is, as challenges say. */
export const METADATA_URL =
  'https://longhaul.example.com/.well-known/oauth-protected-resource/deep/mcp';
const OPERATION_SCOPES = { sleep: ['sleeps:write'] };
const ANSWER_SCOPES = { batch: ['approvals:give'] };

/** Starts the gateway, for callers with different scopes; `sleep` needs one of its own, and so do answers of `batch`. */
export async function startGuardedGateway(
  metadata: typeof METADATA | null = METADATA,
): Promise<GuardedGateway> {
  const guard = await startStaticGate(
    {
      writer: undefined,
      reader: ['tasks:read'],
      sleeper: ['tasks:write', 'sleeps:write'],
      nobody: ['other:scope'],
      'team/agent': ['tasks:read', 'tasks:write'],
      'team/person': ['tasks:answer'],
      'team/approver': ['tasks:answer', 'approvals:give'],
      'team/sleeper': ['tasks:answer', 'sleeps:write'],
    },
    { metadata, operationScopes: OPERATION_SCOPES, answerScopes: ANSWER_SCOPES },
  );
  const logged: unknown[] = [];
  const log = {
    debug: (...line: unknown[]) => void logged.push(line),
    error: (...line: unknown[]) => void logged.push(line),
  };
  const face = createFace({ principal: null, log, operationScopes: OPERATION_SCOPES });
  const running = await startGateway({ gate: guard.gate, factory: face.factory });
  return {
    ...running,
    tasks: face.tasks,
    logged,
    headerOf: guard.headerOf,
    guard,
    page: (path: string) => running.url.replace('/mcp', path),
    call: (who: string, name: string, args: object): Promise<Answer> =>
      send(running.url, {
        headers: { ...modernHeaders, 'mcp-name': name, authorization: guard.headerOf(who) },
        body: toModern('tools/call', { name, arguments: args }),
      }),
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await guard[Symbol.asyncDispose]();
    },
  };
}
