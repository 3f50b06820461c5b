// What the two specifications of tasks demand of a server and no official suite asks, over HTTP: one row each.
import { expect, test } from '@jest/globals';
import { startGateway } from '../../support/gateways/http-gateway.ts';
import { COMMON_REQUIREMENTS } from './requirements/both.ts';
import { EXTENSION_REQUIREMENTS } from './requirements/extension.ts';
import { INPUT_REQUIREMENTS } from './requirements/input.ts';
import { LEGACY_REQUIREMENTS } from './requirements/legacy.ts';

test.each([
  ...EXTENSION_REQUIREMENTS,
  ...INPUT_REQUIREMENTS,
  ...LEGACY_REQUIREMENTS,
  ...COMMON_REQUIREMENTS,
])('$requirement ($source)', async ({ check }) => {
  expect.hasAssertions();
  await using running = await startGateway();
  await check(running);
});
