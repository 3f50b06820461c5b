// docs/openapi.md shows what the command prints; UPDATE_DOCS=1 writes it anew.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { importOpenapi, type OpenapiFlags } from '../../src/commands/import-openapi.ts';
import type { CommandContext } from '../../src/assembly/context.ts';

const PAGE = new URL('../../docs/openapi.md', import.meta.url);
const FOLDER = fileURLToPath(new URL('../openapi/descriptions/', import.meta.url));

async function print(flags: OpenapiFlags): Promise<string> {
  let printed = '';
  const stdout = { write: (text: string) => (printed += text) };
  const context = { stdout, stderr: stdout, workingDirectory: FOLDER };
  await importOpenapi(context as unknown as CommandContext, 'replicate.yaml', flags);
  return printed;
}

test('docs/openapi.md shows a list and a configuration as they are printed', async () => {
  const page = await readFile(PAGE, 'utf8');
  const put = (text: string, title: string, content: string) =>
    text.replace(
      new RegExp(`(\`\`\`\\w+ title=${title}\n)[^]*?(\`\`\`)`),
      (_, start: string, end: string) => start + content + end,
    );
  const listed = put(page, 'list', await print({}));
  const written = put(
    listed,
    'predictions.create',
    await print({ include: ['predictions.create'] }),
  );
  if (process.env['UPDATE_DOCS']) await writeFile(PAGE, written);
  expect(process.env['UPDATE_DOCS'] ? written : page).toBe(written);
});
