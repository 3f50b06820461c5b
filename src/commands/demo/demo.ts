// `longhaul demo`: tells the README's story with the real product and a real client. Invariant: 0 means that every step
// held; whatever happens, its processes and files are gone at the end.
import { messageOf } from '../../contract/text.ts';
import { findTemporalCli } from '../../local/index.ts';
import { EXIT, type CommandContext, type ExitCode } from '../../assembly/context.ts';
import { Product } from './product.ts';
import { Scene } from './scene.ts';
import { STORY } from './story.ts';

/** How many of the last lines of the product's log are shown. */
const LOG_LINES = 25;

/** Runs these steps, one after the other; exits with 1 at the first that does not hold. */
export async function demo(context: CommandContext, story = STORY): Promise<ExitCode> {
  const { stdout, env, interrupted } = context;
  const report = (line: string) => void stdout.write(`${line}\n`);
  const cli = await findTemporalCli({ env, report, signal: interrupted });
  const startedAt = performance.now();
  const product = new Product(context, cli.file);
  const scene = new Scene(context, product);
  const titles = Object.keys(story);
  let failed = '';
  try {
    report('An agent talks to Longhaul through a real MCP client. This takes up to a minute.');
    for (const [index, [title, run]] of Object.entries(story).entries()) {
      failed = `Step ${index + 1} failed: ${title}`;
      scene.say(`\n${String(index + 1).padStart(2)}  ${title}`, 'bold', '');
      await run(scene);
    }
    failed = '';
  } catch (error) {
    if (interrupted.aborted) failed = 'Interrupted.';
    else {
      scene.say(`✗ ${messageOf(error)}`, 'red');
      const lines = product.log.match(/.+/g)?.slice(-LOG_LINES) ?? [];
      if (lines.length > 0) report('\n    The last lines of longhaul dev:');
      for (const line of lines) scene.say(`  ${line}`);
    }
  } finally {
    report('\nCleaning up ...');
    await scene.close();
  }
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  report(failed || `Every one of the ${titles.length} steps held, in ${seconds} s.`);
  return failed ? EXIT.failed : EXIT.ok;
}
