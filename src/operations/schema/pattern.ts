// Regular expressions of authors, run on what callers send. RE2 takes time in proportion to the length of a text, where the
// engine of JavaScript can take for ever. Invariant: a pattern that has no such bound is refused before any text is seen.
import { RE2JS } from 're2js';

const FLAGS: Readonly<Record<string, number>> = {
  i: RE2JS.CASE_INSENSITIVE,
  m: RE2JS.MULTILINE,
  s: RE2JS.DOTALL,
};

/** A regular expression that answers in bounded time, in the place of the one that it was made from. */
export class BoundedRegExp extends RegExp {
  readonly #compiled: RE2JS;

  /** @throws {TypeError} when it is no regular expression, or one without a bound */
  constructor(source: string, flags = '') {
    try {
      super(source, flags);
    } catch (error) {
      throw new TypeError((error as Error).message, { cause: error });
    }
    try {
      const wanted = Array.from(flags).reduce((all, flag) => all | (FLAGS[flag] ?? 0), 0);
      this.#compiled = RE2JS.compile(RE2JS.translateRegExp(source), wanted);
    } catch (error) {
      throw new TypeError(
        `the regular expression ${source} is not taken, since its time has no bound: leave out lookaround and ` +
          `backreferences, and use minLength and maxLength instead of counts above 1000 (${(error as Error).message})`,
        { cause: error },
      );
    }
  }

  override test(text: string): boolean {
    return this.#compiled.test(text);
  }
}
