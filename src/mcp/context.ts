// What all calls of one gateway share, made once. Every face takes what it needs from here.
import type { Files } from '../contract/file.ts';
import type { OperationLog } from '../operations/context.ts';
import type { Registry } from '../operations/registry.ts';
import type { Polling } from '../tasks/options.ts';
import type { TaskService } from '../tasks/service.ts';
import { createEqualRequests, type EqualRequests } from './control/equal-requests.ts';
import { createReadThrottle, type ReadThrottle } from './control/read-throttle.ts';
import { createDrain, type Drain } from './drain.ts';
import type { OfferedTools } from './options.ts';
import type { OnRefusal } from './refusal.ts';

export interface McpOptions {
  readonly tasks: TaskService;
  /** The operations that this gateway offers. */
  readonly registry: Registry;
  /** Which tools there are. */
  readonly tools: OfferedTools;
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
}

/** What all calls share: the options with their defaults, and what one call leaves for the next. */
export interface McpContext extends Required<Omit<McpOptions, 'maxCallsPerCaller'>> {
  readonly onRefusal: OnRefusal;
  readonly drain: Drain;
  readonly readThrottle: ReadThrottle;
  readonly equalRequests: EqualRequests;
}

export function createMcpContext({ maxCallsPerCaller, ...options }: McpOptions): McpContext {
  const { tasks, polling, onRefusal } = options;
  return {
    takesCallbackUrl: false,
    files: null,
    ...options,
    onRefusal: onRefusal ?? (() => undefined),
    drain: createDrain(maxCallsPerCaller),
    readThrottle: createReadThrottle(polling),
    equalRequests: createEqualRequests(tasks),
  };
}
