// What all calls of one gateway share, made once. Every face takes what it needs from here.
import type { Files } from '../contract/file.ts';
import type { OperationLog } from '../operations/context.ts';
import type { Catalogue } from '../operations/kinds/mcp/catalogue.ts';
import { followRegistry, type Registry } from '../operations/registry.ts';
import type { Polling } from '../tasks/options.ts';
import type { TaskService } from '../tasks/service.ts';
import { createEqualRequests, type EqualRequests } from './control/equal-requests.ts';
import { createReadThrottle, type ReadThrottle } from './control/read-throttle.ts';
import { createDrain, type Drain } from './drain.ts';
import { createOffers, type OfferTo } from './offer.ts';
import type { OfferedTools } from './options.ts';
import type { OnRefusal } from './refusal.ts';
import { createOpenResult, type OpenResult } from './results/open-result.ts';

/** What bounds the context that answers and lists take. */
type Bounds = 'answerBudgetTokens' | 'maxListed';

export interface McpOptions {
  readonly tasks: TaskService;
  /** The operations that this gateway offers. */
  readonly registry: Registry;
  /** Which tools there are. Default of what may be left out: nothing is cut, and all are listed. */
  readonly tools: Omit<OfferedTools, Bounds> & Partial<Pick<OfferedTools, Bounds>>;
  /** Shown to clients. */
  readonly name: string;
  /** Shown to clients. */
  readonly version: string;
  /** `holdSeconds`: longest time that the read throttle delays an answer; 0 delays nothing. */
  readonly polling: Polling & { readonly holdSeconds: number };
  /** Calls of one principal that are answered at once. Default: any number. */
  readonly maxCallsPerCaller?: number;
  /** Whether initiate_background_task shows that it takes a `callback_url`. Default: `false`. */
  readonly takesCallbackUrl?: boolean;
  /** Scopes that starting an operation needs beside `tasks:write`, by its name. Default: none needs any. */
  readonly operationScopes?: Readonly<Record<string, readonly string[]>>;
  /**
   * On whose behalf every call is made: `local` on stdio and on an unauthenticated server; `null` where each request says
   * so by its token.
   */
  readonly principal: string | null;
  /** Where large parameters and results are kept. Default: nowhere. */
  readonly files?: Files | null;
  readonly log: Pick<OperationLog, 'debug' | 'error'>;
  /** Default: refusals are not reported. */
  readonly onRefusal?: OnRefusal | null;
  /** What other servers have beside tools. Default: nothing. */
  readonly catalogue?: (() => Catalogue) | null;
  /** Calls back when operations have changed. Default: they never do. */
  readonly watchTools?: ((listener: () => void) => void) | null;
}

/** What all calls share: the options with their defaults, and what one call leaves for the next. */
export interface McpContext extends Required<
  Omit<McpOptions, 'maxCallsPerCaller' | 'tools' | 'operationScopes'>
> {
  readonly tools: OfferedTools;
  readonly onRefusal: OnRefusal;
  readonly openResult: OpenResult;
  readonly offerTo: OfferTo;
  readonly drain: Drain;
  readonly readThrottle: ReadThrottle;
  readonly equalRequests: EqualRequests;
}

export function createMcpContext({
  maxCallsPerCaller,
  operationScopes = {},
  ...options
}: McpOptions): McpContext {
  const { tasks, polling, registry, onRefusal } = options;
  const offers = followRegistry(registry, () => createOffers(registry, operationScopes));
  return {
    takesCallbackUrl: false,
    watchTools: null,
    catalogue: null,
    files: null,
    ...options,
    tools: { answerBudgetTokens: 0, maxListed: Infinity, ...options.tools },
    onRefusal: onRefusal ?? (() => undefined),
    openResult: createOpenResult(options.files ?? null),
    offerTo: (scopes) => offers()(scopes),
    drain: createDrain(maxCallsPerCaller),
    readThrottle: createReadThrottle(polling),
    equalRequests: createEqualRequests(tasks),
  };
}
