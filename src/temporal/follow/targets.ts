// Workflows of others over Temporal: the implementation of the port that operations of the kind `workflow` are run with.
import { LRUCache } from 'lru-cache';
import type { Target } from '../../contract/workflow/target.ts';
import type { TargetReading, Targets, TargetState } from '../../operations/targets.ts';
import { answerTarget } from './answer.ts';
import { followTarget } from './follow.ts';
import { createPlaces } from './places.ts';
import { readTarget } from './read.ts';
import { startTarget } from './start.ts';
import { stopTarget } from './stop.ts';

/** How long what was read is good, in milliseconds, and of how many workflows it is kept. */
const KEPT = { max: 5_000, ttl: 1_000 };

/**
 * Creates it; what a profile names is connected when it is first needed.
 *
 * @param env where `temporal.toml` is found with
 */
export function createTargets(
  own: Parameters<typeof createPlaces>[0],
  env: Readonly<Record<string, string | undefined>>,
): Targets {
  const places = createPlaces(own, env);
  const states = new Map<TargetReading, LRUCache<string, Promise<TargetState>>>();
  return {
    start: async (plan, task) => startTarget(await places.open(plan), plan, task),
    follow: async (target, following) => followTarget(await places.open(target), target, following),
    stop: async (target, how, reason) => stopTarget(await places.open(target), target, how, reason),
    read: async (target, reading) => {
      const key = toKey(target);
      const known = states.get(reading) ?? new LRUCache<string, Promise<TargetState>>(KEPT);
      states.set(reading, known);
      const state =
        known.get(key) ?? (async () => readTarget(await places.open(target), target, reading))();
      known.set(key, state, { noUpdateTTL: true });
      return state;
    },
    answer: async (target, ask, content) => {
      await answerTarget(await places.open(target), target, ask, content);
      for (const known of states.values()) known.delete(toKey(target));
    },
    check: (place) => {
      places.check(place);
    },
    [Symbol.asyncDispose]: async () => places[Symbol.asyncDispose](),
  };
}

function toKey({ profile = '', namespace = '', workflowId }: Target): string {
  return JSON.stringify([profile, namespace, workflowId]);
}
