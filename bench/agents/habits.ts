// Scripted models with habits, good and bad, and what a task of 15 s costs each over the pair.
import { connectClient } from '../../test/support/clients/mcp-clients.ts';
import {
  deafPoller,
  eagerPoller,
  forgetful,
  hallucinator,
  naivePoller,
  parallel,
  restarter,
  scatterbrained,
  waiter,
  type Assignment,
} from '../../test/support/clients/model/policies.ts';
import {
  converse,
  type Conversation,
  type Policy,
} from '../../test/support/clients/model/session.ts';

/** Habit → what it is. */
export const HABITS = {
  waiter: 'lets the gateway wait',
  naive: 'comes back when `poll_after_ms` says',
  eager: 'polls without a break',
  deaf: 'ignores `poll_after_ms`, and looks five times a second',
  forgetful: 'forgets that it has started, and starts again with the same key',
  scatterbrained: 'loses its handle',
  restarter: 'loses patience, and starts again with a new key',
  hallucinator: 'makes a task_ref up',
  parallel: 'starts three tasks at once, and reads them together',
} as const;

/** The name of a habit. */
type Habit = keyof typeof HABITS;

/** What came of a model. */
export interface Course {
  readonly habit: Habit;
  readonly hasResult: boolean;
  readonly conversation: Conversation;
}

/** Lets every model go its way, all at the same time. */
export async function takeHabits(url: string): Promise<readonly Course[]> {
  await using client = await connectClient('client 2.4 modern', { url });
  const assign = (key: string): Assignment => ({
    operation: 'slow',
    parameters: { customer: key },
    key,
  });
  const policies: Readonly<Record<Habit, Policy>> = {
    waiter: waiter(assign('waiter')),
    naive: naivePoller(assign('naive')),
    eager: eagerPoller(assign('eager')),
    deaf: deafPoller(assign('deaf')),
    forgetful: forgetful(assign('forgetful')),
    scatterbrained: scatterbrained(assign('scatterbrained'), client.instructions ?? ''),
    restarter: restarter(assign('restarter')),
    hallucinator: hallucinator(assign('hallucinator')),
    parallel: parallel(['one', 'two', 'three'].map(assign)),
  };
  return await Promise.all(
    (Object.keys(HABITS) as Habit[]).map(async (habit) => {
      const conversation = await converse(policies[habit], ({ tool, args }) =>
        client.call(tool, { ...args }),
      );
      return { habit, hasResult: conversation.says.includes('"report"'), conversation };
    }),
  );
}
