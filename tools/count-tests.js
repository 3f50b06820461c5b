// Prints the counts of a run of Jest as one line, from the report that it wrote with --json.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [, , file = ''] = process.argv;
const report = readFileSync(file, 'utf8');
if (report === '') throw new Error('Jest ended before it wrote its report');
const { numPassedTests, numFailedTests, numPendingTests, numFailedTestSuites, numTotalTests } =
  JSON.parse(report);
if (numTotalTests === 0) throw new Error('no test was run');
// A suite that cannot be loaded has no failed test, and yet it has failed.
const failed = Math.max(numFailedTests, numFailedTestSuites);
const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : '';
process.stdout.write(`${numPassedTests} passed, ${failed} failed${skipped}\n`);
