// Starts the files that take longest first, so that no worker ends the run alone with one of them. Jest by itself knows how long a file
// takes only from an earlier run on the same machine.
import { readFileSync } from 'node:fs';
import Sequencer from '@jest/test-sequencer';

/** Files of more than ten seconds, longest first; all of them wait for servers, processes and timeouts. */
const LONG = JSON.parse(readFileSync(`${import.meta.dirname}/long-files.json`, 'utf8'));

export default class LongestFirst extends Sequencer {
  /** @param {{ path: string }[]} tests */
  sort(tests) {
    const place = (/** @type {string} */ path) => {
      const at = LONG.findIndex((/** @type {string} */ file) =>
        path.endsWith(`/test/${file}.test.ts`),
      );
      return at < 0 ? LONG.length : at;
    };
    return super.sort(tests).toSorted((one, other) => place(one.path) - place(other.path));
  }
}
