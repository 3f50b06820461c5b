// `longhaul demo`: tells the README's story with the real product and a real client. Invariant: 0 means that every step
// held; whatever happens, its processes and files are gone at the end.
import { messageOf } from '../../contract/text.ts';
import { findTemporalCli } from '../../local/index.ts';
import { EXIT, type CommandContext, type ExitCode } from '../../assembly/context.ts';
import { Product } from './product.ts';
import { Scene } from './scene.ts';
import { STORY, type Step } from './story.ts';

/** Runs these steps, one after the other; exits with 1 at the first that does not hold. */
export async function demo(
  context: CommandContext,
  story: readonly Step[] = STORY,
): Promise<ExitCode> {
  const { stdout, env, interrupted } = context;
  const report = (line: string) => void stdout.write(`${line}\n`);
  const cli = await findTemporalCli({ env, report, signal: interrupted });
  const startedAt = performance.now();
  const product = await Product.create(context, cli.file);
  const scene = new Scene(context, product);
  let failed: string | null;
  try {
    report('An agent talks to Longhaul through a real MCP client. This takes about 40 s.');
    failed = await runSteps(story, scene, interrupted);
  } finally {
    report('\nCleaning up ...');
    await scene.disconnect();
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
  for (const [index, [title, run]] of story.entries()) {
    scene.begin(index + 1, title);
    try {
      await run(scene);
    } catch (error) {
      if (interrupted.aborted) return 'Interrupted.';
      scene.say(`✗ ${messageOf(error)}`, 'red');
      const { log } = scene.product;
      if (log.length > 0) scene.print('\n    The last lines of longhaul dev:');
      for (const line of log) scene.say(`  ${line}`);
      return `Step ${index + 1} failed: ${title}`;
    }
  }
  return null;
}
