// Seeds of tests that draw at random: printed with the name of the test, and given again to replay what failed.

/** The seed of this run: `TEST_SEED` where it is set, and otherwise another each time. */
export function drawSeed(): number {
  const given = process.env['TEST_SEED'];
  return given === undefined ? Date.now() % 2 ** 31 : Number(given);
}
