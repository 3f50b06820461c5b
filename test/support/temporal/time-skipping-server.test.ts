import { expect, test } from '@jest/globals';
import { createTimeSkippingEnvironment } from './time-skipping-server.ts';

test('ten days pass in a moment', async () => {
  await using environment = await createTimeSkippingEnvironment();
  const before = await environment.currentTimeMs();
  await environment.sleep('10 days');
  expect((await environment.currentTimeMs()) - before).toBeGreaterThanOrEqual(10 * 86_400_000);
});
