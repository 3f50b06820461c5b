// TEST_SEED is the seed of every property that draws at random: the one that a failing run printed replays its failure.
if (process.env['TEST_SEED'] !== undefined) {
  const { configureGlobal, readConfigureGlobal } = await import('fast-check');
  configureGlobal({ ...readConfigureGlobal(), seed: Number(process.env['TEST_SEED']) });
}
