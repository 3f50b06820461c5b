// What the answer budget costs: the same finished tasks read from a gateway with the budget and from one without, in turns. What fits
// is answered alike by both; of what does not, one shows a preview.
import { openMcpCaller, type McpCaller } from '../../test/support/clients/mcp-caller.ts';
import { takeTurns, type Latency } from '../sample.ts';
import type { Setting } from '../setting.ts';

/** Latencies of reads, by the size of the result. */
export interface Answers {
  readonly short: Latency;
  readonly plainShort: Latency;
  /** As much as fits. */
  readonly full: Latency;
  readonly plainFull: Latency;
  /** 200 KB, previewed. */
  readonly large: Latency;
  readonly plainLarge: Latency;
}

/** Rows of a result; 150 of them are 4,300 tokens by the gateway's estimate. */
const ROWS = { short: 3, full: 150, large: 2_500 };

/** Measures both. */
export async function measureAnswers({ start, quick }: Setting): Promise<Answers> {
  const same = { LONGHAUL_TASK_QUEUE: 'bench-answers' }; // the tasks of one are those of the other
  await using bounded = await start('dev', undefined, same);
  await using plain = await start('serve', undefined, {
    ...same,
    LONGHAUL_ANSWER_BUDGET_TOKENS: '0',
  });
  await using caller = openMcpCaller(bounded.mcpUrl, 1);
  await using plainCaller = openMcpCaller(plain.mcpUrl, 1);
  const run = async (rows: number): Promise<string> => {
    const parameters = { rows };
    const args = { operation_type: 'rows', parameters, wait_seconds: 25 };
    return (await caller.call('initiate_background_task', args)).task_ref;
  };
  const short = { task_ref: await run(ROWS.short) };
  const full = { task_ref: await run(ROWS.full) };
  const large = { task_ref: await run(ROWS.large) };
  await expectPreview(caller, full, false);
  await expectPreview(caller, large, true);
  const answers = await takeTurns(
    {
      short: () => caller.call('resolve_task_status', short),
      plainShort: () => plainCaller.call('resolve_task_status', short),
      full: () => caller.call('resolve_task_status', full),
      plainFull: () => plainCaller.call('resolve_task_status', full),
      large: () => caller.call('resolve_task_status', large),
      plainLarge: () => plainCaller.call('resolve_task_status', large),
    },
    quick ? 80 : 400,
  );
  await bounded.stop();
  return answers;
}

/** A result of another size than was meant would measure something else. */
async function expectPreview(
  caller: McpCaller,
  args: { readonly task_ref: string },
  isPreviewed: boolean,
): Promise<void> {
  const answer = await caller.call('resolve_task_status', args);
  if ('result_preview' in answer !== isPreviewed) throw new Error('a result of another size');
}
