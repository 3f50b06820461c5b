// What tools/list shows: the control tools, and the tools of the operations where a context has room for them.
import type { ProtocolEra, Tool as ToolDefinition } from '@modelcontextprotocol/server';
import type { McpContext } from './context.ts';
import type { Offer } from './offer.ts';
import { ALL_LISTED, type OfferedTools } from './options.ts';
import { estimateTokens } from './results/tokens.ts';
import type { Tool } from './tool.ts';
import type { TypedTool } from './typed/tool.ts';

type Listing = Readonly<Record<ProtocolEra, ToolDefinition[]>>;

/** Lists the tools of an offer: the control tools first, then the operations by name. Each list is made once. */
export function createListing(
  mcp: McpContext,
  control: readonly Tool[],
  typed: readonly TypedTool[],
): (offer: Offer) => Listing {
  const made = new WeakMap<Offer, Listing>();
  const make = ({ registry }: Offer): Listing => {
    const names = new Set(registry.all.map(({ operation }) => operation.name));
    const offered = typed.filter(({ operation }) => names.has(operation.name));
    const fitting = toFitting(
      offered.map(({ definition }) => definition),
      mcp.tools,
    );
    const shown = control.map((tool) => tool.publish({ ...mcp, registry }));
    // Clients of 2025-11-25 ask for a task where a tool says that it can be one; later ones know no such word.
    const execution = { taskSupport: 'optional' } as const;
    return {
      modern: [...shown, ...fitting],
      legacy: [...shown, ...fitting.map((definition) => ({ ...definition, execution }))],
    };
  };
  return (offer) => {
    const listing = made.get(offer) ?? make(offer);
    made.set(offer, listing);
    return listing;
  };
}

/** What the tools of the operations may take up of a context, in tokens. */
const LISTED_TOKENS = 15_000;

/** The tools of the operations, as long as a context has room for them, has no other way to them, or is to have them all. */
function toFitting(
  typed: readonly ToolDefinition[],
  { pair, maxListed }: OfferedTools,
): readonly ToolDefinition[] {
  if (!pair || maxListed >= ALL_LISTED) return typed;
  const fits = typed.length <= maxListed && estimateTokens(JSON.stringify(typed)) <= LISTED_TOKENS;
  return fits ? typed : [];
}
