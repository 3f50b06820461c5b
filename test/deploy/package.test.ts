// What `npm publish` would take: the program and what goes with it, and nothing that only weighs.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('the package has the program and its bundles, and neither source maps nor sources', async () => {
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts'];
  const { stdout } = await promisify(execFile)('npm', args, { cwd: root });
  const [{ files }] = JSON.parse(stdout) as [{ files: { path: string }[] }];
  const paths = files.map(({ path }) => path);
  expect(paths).toEqual(
    expect.arrayContaining(['dist/src/cli.js', 'dist/workflow-bundle.js', 'tools/temporal/go.sum']),
  );
  expect(
    paths.filter((path) => /\.map$|tsbuildinfo$|^(src|test|workflows|activities)\//.test(path)),
  ).toEqual([]);
});
