// What Prometheus is given, in its own engine.
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { checkConfig, findPromtool, runRuleTests } from '../support/processes/promtool.ts';

const promtool = findPromtool();
if (promtool === null) process.stderr.write('promtool is not here: the alert rules are skipped\n');

(promtool === null ? describe.skip : describe)("Prometheus's own tool", () => {
  const toPath = (name: string) =>
    fileURLToPath(new URL(`../../deploy/prometheus/${name}`, import.meta.url));

  test('finds that every alert fires when it should, and not otherwise', () => {
    expect(runRuleTests(promtool!, toPath('alerts.test.yml'))).toBe('');
  });

  test('takes the configuration', () => {
    expect(checkConfig(promtool!, toPath('prometheus.yml'))).toBe('');
  });
});
