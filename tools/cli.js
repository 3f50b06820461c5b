// Puts the Temporal CLI into the cache, as the product itself would, unless a Temporal address is configured. Needs the
// packages, and a Node that reads TypeScript.
import process from 'node:process';

if (process.features.typescript) {
  const { loadTemporalAddress } = await import('../src/temporal/connection/address.ts');
  const { findTemporalCli } = await import('../src/local/cli/binary.ts');
  const report = (/** @type {string} */ line) => process.stderr.write(`${line}\n`);
  try {
    if (loadTemporalAddress({ env: process.env }) === null) {
      await findTemporalCli({ env: process.env, report });
    }
  } catch (error) {
    report(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
} else {
  process.stderr.write('The Temporal CLI is left to the start: this Node reads no TypeScript.\n');
}
