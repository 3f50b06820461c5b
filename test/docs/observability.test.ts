// UPDATE_DOCS=1 writes the tables of the page anew.
import { readFile, writeFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { ERRORS } from '../../src/contract/errors.ts';
import { renderObservabilityPage } from '../../tools/docs/observability-page.ts';

const root = new URL('../../', import.meta.url);
const PAGE = new URL('docs/observability.md', root);

describe('docs/observability.md', () => {
  test('has every metric and every alert', async () => {
    const page = await readFile(PAGE, 'utf8');
    const alerts = await readFile(new URL('deploy/prometheus/alerts.yml', root), 'utf8');
    const rendered = renderObservabilityPage(page, alerts);
    if (process.env['UPDATE_DOCS']) await writeFile(PAGE, rendered);
    expect(process.env['UPDATE_DOCS'] ? rendered : page).toBe(rendered);
  });
});

test('the alert on the rate of failures leaves out what somebody wished, and nothing else', async () => {
  const alerts = await readFile(new URL('deploy/prometheus/alerts.yml', root), 'utf8');
  const wishes = Object.entries(ERRORS).flatMap(([code, { seen }]) =>
    seen.counts === 'wish' ? [code] : [],
  );
  expect([...alerts.matchAll(/code!="(\w+)"/g)].map(([, code]) => code)).toEqual(wishes);
});
