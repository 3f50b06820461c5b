// `longhaul demo`: tells the README's story with the real product and a real client. Invariant: 0 means that every step
// held; whatever happens, its processes and files are gone at the end.
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTemporalCli } from '../../temporal/embedded/index.ts';
import { EXIT, type CommandContext, type ExitCode } from '../context.ts';
import { createAgent } from './agent.ts';
import { createProduct } from './product.ts';
import { StepFailure, type Scene, type Step } from './step.ts';
import { STORY } from './story.ts';
import { createTeller } from './teller.ts';

/** Runs the story; exits with 1 at the first step that does not hold. */
export async function demo(context: CommandContext): Promise<ExitCode> {
  return tellStory(context, STORY);
}

/** Runs these steps, one after the other. */
export async function tellStory(
  context: CommandContext,
  story: readonly Step[],
): Promise<ExitCode> {
  const { stdout, env, interrupted } = context;
  const report = (line: string) => void stdout.write(`${line}\n`);
  const cli = await findTemporalCli({ env, report, signal: interrupted });
  const startedAt = performance.now();
  const teller = createTeller(context);
  const product = await createProduct(context, cli.file);
  const agent = createAgent(teller, interrupted);
  const scene: Scene = {
    product,
    agent,
    teller,
    taskRefs: new Map(),
    hold: (claim, holds, instead) => {
      if (!holds) throw new StepFailure(`${claim}\n      got instead: ${JSON.stringify(instead)}`);
      teller.held(claim);
    },
    pause: async (ms) => {
      await sleep(ms, undefined, { signal: interrupted });
    },
  };
  let failed: string | null;
  try {
    report('An agent talks to Longhaul through a real MCP client. This takes about 40 s.');
    failed = await runSteps(story, scene, interrupted);
  } finally {
    report('\nCleaning up ...');
    await agent.close();
    await product.close();
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  report(failed ?? `Every one of the ${story.length} steps held, in ${seconds} s.`);
  return failed === null ? EXIT.ok : EXIT.failed;
}

/** What went wrong; `null` when nothing did. */
async function runSteps(
  story: readonly Step[],
  scene: Scene,
  interrupted: AbortSignal,
): Promise<string | null> {
  for (const [index, step] of story.entries()) {
    scene.teller.title(index + 1, step.title);
    try {
      await step.run(scene);
    } catch (error) {
      if (interrupted.aborted) return 'Interrupted.';
      const message = error instanceof Error ? error.message : String(error);
      scene.teller.failed(message, scene.product.log);
      return `Step ${index + 1} failed: ${step.title}`;
    }
  }
  return null;
}
