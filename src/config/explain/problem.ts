// What is wrong with a configuration, for the person who mends it: all of it at once, each with its place, what was
// expected there and what was found. Invariant: a value that may be a secret is never shown.
import { isExactNumber } from '../../contract/json/exact-number.ts';
import { distance } from 'fastest-levenshtein';
import type * as z from 'zod';
import type { JsonObject } from '../../contract/json.ts';
import { cut } from '../../contract/text.ts';
import { keysAt, schemaAt, toExpectation, type Path } from './option.ts';

export interface ConfigProblem {
  /** Where the value came from: `longhaul.config.yaml:3:9`, `--port`, `environment variable LONGHAUL_PORT`. */
  readonly source: string;
  /** The option, as `server.port`; empty when the file as a whole cannot be read. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly message: string;
}

/** A configuration that cannot be used. The message is ready to be shown; `problems` has its parts. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[], cause?: unknown) {
    const lines = problems.map(
      ({ source, path, message }) => `  ${source}: ${path === '' ? '' : `${path}: `}${message}`,
    );
    super(`The configuration cannot be used:\n${lines.join('\n')}`, { cause });
    this.problems = problems;
  }
}

/** What an issue of zod means to a person: a path, relative to what was parsed, and a message. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** Explains what zod found, with the schema (as JSON Schema) and the data that it was found in. */
export function toFindings(
  issues: readonly z.core.$ZodIssue[],
  schema: JsonObject,
  data: unknown,
): Finding[] {
  const findings = issues.flatMap((issue): Finding[] => {
    const { path } = issue;
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, path);
      return issue.keys.map((key) => ({
        path: [...path, key],
        message: `unknown key; ${suggest(key, known)}`,
      }));
    }
    if (issue.code === 'invalid_key') {
      return [
        { path, message: `is no key for here: ${issue.issues[0]?.message ?? issue.message}` },
      ];
    }
    const expectation = toExpectationOf(issue, schema);
    return [{ path, message: `${expectation}, got ${toGot(data, path)}` }];
  });
  // One value can break several rules, and still be one thing to mend.
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
}

/** A check that says itself what it expects knows more than the schema around it. */
function toExpectationOf(issue: z.core.$ZodIssue, schema: JsonObject): string {
  if (issue.message.startsWith('expected ')) return issue.message;
  const expected = issue.code === 'custom' ? null : schemaAt(schema, issue.path);
  return expected ? `expected ${toExpectation(expected)}` : issue.message;
}

/** The nearest of the known words, as a hint; all of them where none is near. */
export function suggest(word: string, known: readonly string[]): string {
  const [nearest] = known
    .map((candidate) => ({ candidate, far: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(2, Math.min(word.length, candidate.length) / 2))
    .sort((one, other) => one.far - other.far);
  return nearest ? `did you mean "${nearest.candidate}"?` : `known here: ${known.join(', ')}`;
}

/** A path as people write it: `operations.report.retries[0]`. */
export function toDotted(path: Path): string {
  return path
    .map((key, index) => {
      if (typeof key === 'number') return `[${key}]`;
      return index === 0 ? String(key) : `.${String(key)}`;
    })
    .join('');
}

const SECRET = /auth|cookie|credential|header|key|password|secret|token/i;
const LONGEST_SHOWN = 60;

/** What stands at a path, as it may be shown: never what may be a secret, and never much. */
export function toGot(data: unknown, path: Path): string {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return 'nothing';
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (isExactNumber(value)) return cut(value.rawJSON, LONGEST_SHOWN, '…');
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  if (path.some((key) => SECRET.test(String(key)))) return `a ${typeof value}`;
  const shown =
    typeof value === 'string' ? JSON.stringify(value) : `${value as number | boolean | null}`;
  return cut(shown, LONGEST_SHOWN, '…');
}
