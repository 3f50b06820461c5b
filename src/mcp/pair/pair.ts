// The tool pair and its companions, as one table. The order is the order of tools/list.
import type { Registry } from '../../operations/registry.ts';
import type { Tool } from '../tool.ts';
import type { AnswerView } from './answer.ts';
import { createCancelTool } from './cancel.ts';
import type { Discipline } from './discipline.ts';
import { createInitiateTool } from './initiate.ts';
import { createListTool } from './list.ts';
import { createProvideInputTool } from './provide-input.ts';
import { createOperationsTool } from './operations.ts';
import { createResolveTool } from './resolve.ts';
import type { Waiting } from './wait.ts';

/** What the tools of the pair are made from. */
export interface Pair extends Waiting {
  readonly registry: Registry;
  readonly discipline: Discipline;
  /** Whether a caller may name a callback, as far as the gateway's configuration goes. */
  readonly takesCallbackUrl: boolean;
  /** What answers depend on, at this moment. */
  view(): AnswerView;
}

/** The tools of the pair. */
export function createPairTools(pair: Pair): readonly Tool[] {
  return [
    createInitiateTool(pair),
    createResolveTool(pair),
    createCancelTool(pair),
    createListTool(pair),
    createProvideInputTool(pair),
    createOperationsTool(pair.registry, pair.tasks),
  ];
}
