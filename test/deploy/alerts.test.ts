// The alert rules, in Prometheus's own engine.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { findPromtool, runRuleTests } from '../support/promtool.ts';

const promtool = findPromtool();
if (promtool === null) process.stderr.write('promtool is not here: the alert rules are skipped\n');

(promtool === null ? describe.skip : describe)('the alert rules', () => {
  test('fire when they should, and not otherwise', () => {
    const file = new URL('../../deploy/prometheus/alerts.test.yml', import.meta.url);
    expect(runRuleTests(promtool!, fileURLToPath(file))).toBe('');
  });
});
