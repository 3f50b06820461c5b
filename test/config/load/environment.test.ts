import { expect, test } from '@jest/globals';
import { ENVIRONMENT } from '../../../src/config/load/environment.ts';

test('every variable is named and explained once', () => {
  const names = ENVIRONMENT.map(({ variable }) => variable);
  expect(new Set(names).size).toBe(names.length);
  for (const { variable, meaning } of ENVIRONMENT) {
    expect(variable).toMatch(/^(LONGHAUL_[A-Z_]+|OTEL_EXPORTER_OTLP_ENDPOINT)$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/s);
  }
});
