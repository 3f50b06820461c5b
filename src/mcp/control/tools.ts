// The control tools: what starts, reads and stops tasks by their handles. A new one is a file and a line here. The order is that
// of tools/list.
import type { Tool } from '../tool.ts';
import { cancelTool } from './cancel.ts';
import { initiateTool } from './initiate.ts';
import { listTool } from './list.ts';
import { operationsTool } from './operations.ts';
import { provideInputTool } from './provide-input.ts';
import { readResultTool } from './read-result.ts';
import { resolveTool } from './resolve.ts';
import { waitForTasksTool } from './wait-for-tasks.ts';

export const CONTROL_TOOLS: readonly Tool[] = [
  initiateTool,
  resolveTool,
  readResultTool,
  waitForTasksTool,
  cancelTool,
  listTool,
  provideInputTool,
  operationsTool,
];

/** Their names. No operation has one of them, since each is a tool of its own name. */
export const CONTROL_TOOL_NAMES: ReadonlySet<string> = new Set(
  CONTROL_TOOLS.map(({ name }) => name),
);
