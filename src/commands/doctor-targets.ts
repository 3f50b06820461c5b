// What `longhaul doctor` finds of the workers of others: for each operation that needs some, whether they poll.
import type { Settings } from '../assembly/settings.ts';
import { connectTemporal, type TemporalAddress } from '../temporal/connection/connection.ts';
import { installRuntime } from '../temporal/connection/runtime.ts';
import { createPlaces } from '../temporal/follow/places.ts';
import { countPollers } from '../temporal/follow/queue.ts';

/** Runs one check; what it rejects with is the finding. */
type Check = (name: string, find: () => Promise<string>) => Promise<unknown>;

/** @param own where Longhaul's own Temporal is; `null` while the embedded server does not run */
export async function checkTargets(
  { registry, context: { env, interrupted }, log }: Settings,
  own: TemporalAddress | null,
  check: Check,
): Promise<void> {
  const operations = registry.all.flatMap(({ operation: { name, steps } }) =>
    steps.kind === 'workflow' || steps.kind === 'activity' ? [{ name, steps }] : [],
  );
  if (operations.length === 0 || own === null) return;
  installRuntime(log.sink);
  // Where it fails, a check before this one has said so.
  const connected = await connectTemporal(own, null, null, interrupted).catch(() => null);
  if (!connected) return;
  await using connection = connected;
  await using places = createPlaces(connection, env);
  for (const { name, steps } of operations) {
    await check(`operation ${name}`, async () => {
      const place = await places.open(steps.kind === 'workflow' ? steps.place : {});
      const count = await countPollers(place, steps.kind, steps.work);
      return `${count} pollers on ${steps.work.taskQueue} of ${place.namespace}`;
    });
  }
}
