// The tool pair and its companions, as one table. The order is the order of tools/list.
import type { Tool } from '../tool.ts';
import { createCancelTool } from './cancel.ts';
import { createInitiateTool } from './initiate.ts';
import { createListTool } from './list.ts';
import { createProvideInputTool } from './provide-input.ts';
import { createOperationsTool } from './operations.ts';
import { createResolveTool } from './resolve.ts';
import type { Pair } from './parts.ts';

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
