// Which operations a caller is shown: those that its token may start. Invariants: where callers do not authenticate, or no operation needs a
// scope of its own, all are shown; what is hidden here is refused by the gate, whoever calls it.
import { LRUCache } from 'lru-cache';
import { holds } from '../auth/index.ts';
import type { Operation } from '../operations/operation.ts';
import { withoutOperations, type Registry } from '../operations/registry.ts';
import { createRanking, type RankOperations } from './control/rank-operations.ts';

/** Operations, and how they are found by words. */
export interface Offer {
  readonly registry: Registry;
  readonly find: RankOperations<Operation>;
}

/** The offer to the holder of these scopes; `undefined` where callers do not authenticate. */
export type OfferTo = (scopes: readonly string[] | undefined) => Offer;

/** Offers that are kept: callers differ in few scopes. */
const KEPT = 100;

/** @param needed the scopes that starting an operation needs beside `tasks:write`, by its name */
export function createOffers(
  registry: Registry,
  needed: Readonly<Record<string, readonly string[]>>,
): OfferTo {
  const whole = toOffer(registry);
  const narrower = new LRUCache<string, Offer>({ max: KEPT });
  return (scopes) => {
    if (scopes === undefined) return whole;
    const held = new Set(scopes);
    const hidden = Object.entries(needed)
      .filter(([, wanted]) => !wanted.every((scope) => holds(held, scope)))
      .map(([name]) => name);
    if (hidden.length === 0) return whole;
    const key = hidden.join(' ');
    const known = narrower.get(key) ?? toOffer(withoutOperations(registry, hidden));
    narrower.set(key, known);
    return known;
  };
}

function toOffer(registry: Registry): Offer {
  return { registry, find: createRanking(registry.all.map(({ operation }) => operation)) };
}
