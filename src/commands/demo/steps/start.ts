// Where the story begins: one command, and a client that finds the tools.
import { performance } from 'node:perf_hooks';
import type { Scene, Step } from '../step.ts';

/** Starts the product and connects the agent; says where people can look. */
export async function startAndConnect({ product, agent, teller, hold }: Scene): Promise<void> {
  const startedAt = performance.now();
  const ready = await product.start();
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  teller.say(`longhaul dev is ready after ${seconds} s: gateway, worker and a Temporal server`);
  teller.say(`Temporal UI, while this runs: ${ready.temporal_ui_url}`);
  const tools = await agent.connect(ready.mcp_url);
  hold(
    `the client is connected and sees ${tools.length} tools, the pair among them`,
    tools.includes('initiate_background_task') && tools.includes('resolve_task_status'),
    tools,
  );
}

export const start: Step = {
  title: 'One command starts everything',
  run: startAndConnect,
};
