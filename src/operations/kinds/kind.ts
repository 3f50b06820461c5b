// What a kind of operation is: a way to describe operations without code. Configuration, its types and messages, what
// `longhaul init` writes and the tables of docs/operations.md are made from these members.
import type * as z from 'zod';
import type { Operation } from '../operation.ts';

/** A way to describe operations without code. */
export interface Kind<Schema extends z.ZodType = z.ZodType> {
  /** As written in the configuration. */
  readonly kind: string;
  /** Its descriptions are the documentation, its issues the error messages. */
  readonly schema: Schema;
  /** An entry of `operations` as `longhaul init` writes it: TypeScript, not indented, with a comma at its end. */
  readonly example: string;
  /** What writes in code what the words of this kind do not say. Default: nothing does. */
  readonly inCode?: 'defineOperation' | 'defineJob';
  /**
   * @param name the operation's name; in a configuration file, the key of its entry
   * @param declaration as the schema has parsed it
   * @throws {TypeError} when the declaration cannot be used; the message says why
   */
  define(name: string, declaration: z.output<Schema>, environment: Environment): Operation;
}

/** Values of `${env:NAME}` where a declaration is configured by the environment; resolved once, at the start. */
export type Environment = Readonly<Record<string, string | undefined>>;
