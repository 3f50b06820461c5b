// What an agent pays for one field of a large result, for the same done a hundred times, and for coming back when it is told to.
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import {
  follow,
  initiate,
  naivePoller,
  parallel,
  type Assignment,
} from '../../test/support/clients/model/policies.ts';
import {
  converse,
  type Conversation,
  type ModelAnswer,
  type ModelCall,
  type Policy,
} from '../../test/support/clients/model/session.ts';
import { reader, thrifty } from '../../test/support/clients/model/thrifty.ts';
import { GRAND_TOTAL } from './scenarios.ts';
import { oneCall, toModelAnswer, type Endpoints } from './ways.ts';

/** What one way of a matter came to. */
export interface Thrift {
  readonly matter: string;
  readonly way: string;
  readonly hasResult: boolean;
  readonly conversation: Conversation;
  /** From the end of the task to the answer that says so, in milliseconds; `null` where that is not the matter. */
  readonly lateMs: number | null;
}

/** Where the servers are; one gateway has no answer budget. */
export interface ThriftEndpoints extends Endpoints {
  readonly unboundUrl: string;
}

const FIELD = 'one field of a result of 1 MB';
const MANY = '100 items';
const HINT = 'polling an API of 10 s';

const ITEMS = Array.from({ length: 100 }, (_, index) => ({ customer: `customer ${index}` }));

const assign = (operation: string, key: string): Assignment => ({
  operation,
  parameters: { customer: key },
  key,
});

/** Goes every way, one after the other. */
export async function takeThrift(urls: ThriftEndpoints): Promise<readonly Thrift[]> {
  await using blocking = await connect(urls.blockingUrl);
  await using unbound = await connect(urls.unboundUrl);
  await using gateway = await connect(urls.gatewayUrl);
  const { tools } = await gateway.client.listTools();
  const many = { operation: 'item', key: 'many' };
  const isTotal = (said: string) => said.includes(String(GRAND_TOTAL));
  const isAll = (said: string) => said === '100 tasks' || said.includes('"done":100');
  const isReport = (said: string) => said.includes('"report"');
  const take = async (
    [matter, way]: readonly [string, string],
    { call }: Connection,
    policy: Policy,
    isResult: (said: string) => boolean,
  ): Promise<Thrift> => {
    const conversation = await converse(policy, call);
    const lateMs = matter === HINT ? toLateMs(conversation) : null;
    return { matter, way, hasResult: isResult(conversation.says), conversation, lateMs };
  };
  const export_ = assign('export', 'export');
  const once = oneCall('call_api', { operation: 'export', customer: 'export' });
  const ahead = [
    await take([FIELD, 'blocking tool'], blocking, once, isTotal),
    await take(
      [FIELD, 'pair, answers without a budget'],
      unbound,
      resourceReader(export_),
      isTotal,
    ),
    await take([FIELD, 'pair'], gateway, reader(export_, 'grand_total', tools), isTotal),
    await take([MANY, 'a task for each'], gateway, thrifty(many, ITEMS, []), isAll),
    await take([MANY, 'a batch'], gateway, thrifty(many, ITEMS, tools), isAll),
    await take([HINT, 'nothing is known'], gateway, naivePoller(assign('ten', 'ten')), isReport),
  ];
  for (const round of ['a', 'b', 'c', 'd']) {
    // Twenty at once would wait for each other, and show a longer time than one takes.
    const five = Array.from({ length: 5 }, (_, index) => assign('ten', `ten-${round}-${index}`));
    await converse(parallel(five), gateway.call);
  }
  const learned = naivePoller(assign('ten', 'ten-learned'));
  return [...ahead, await take([HINT, 'after twenty runs'], gateway, learned, isReport)];
}

function toLateMs({ seen }: Conversation): number {
  const { updated_at: endedAt } = JSON.parse(seen.at(-1)?.text ?? '{}') as { updated_at?: string };
  return Date.now() - Date.parse(endedAt ?? '');
}

interface Connection extends AsyncDisposable {
  readonly client: Client;
  readonly call: (call: ModelCall) => Promise<ModelAnswer>;
}

/** A client whose model has a tool for resources, too, as many have. */
async function connect(url: string): Promise<Connection> {
  const client = new Client(
    { name: 'agent', version: '1' },
    { versionNegotiation: { mode: 'auto' } },
  );
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return {
    client,
    call: async ({ tool, args }) => {
      if (tool !== READ_RESOURCE) {
        return toModelAnswer(await client.callTool({ name: tool, arguments: args }));
      }
      const { contents } = await client.readResource({ uri: String(args['uri']) });
      const text = contents.map((one) => ('text' in one ? one.text : atob(one.blob))).join('');
      return { isError: false, text };
    },
    [Symbol.asyncDispose]: () => client.close(),
  };
}

const READ_RESOURCE = 'read_resource';

/** Reads a file part after part, as `next_step` says, until the field is there. */
function resourceReader(assignment: Assignment): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    if (last.text.includes('grand_total')) return { says: last.text };
    const parts = seen.filter(({ tool }) => tool === READ_RESOURCE);
    const steps = seen.map(({ json }) => json.next_step ?? '').join(' ');
    const file = /read (\S+) as a resource, in parts by \?offset=0&length=(\d+)/.exec(steps);
    if (!file) return follow(last);
    const [, uri, length] = file;
    const offset = parts.length * Number(length);
    const args = { uri: `${uri}?offset=${offset}&length=${length}` };
    return { calls: [{ tool: READ_RESOURCE, args }] };
  };
}
