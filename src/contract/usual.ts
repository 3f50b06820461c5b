/** How long tasks of an operation usually take, from their start to their end, in milliseconds. */
export interface Usual {
  /** A quarter took less. */
  readonly earlyMs: number;
  /** Half took less. */
  readonly middleMs: number;
  /** A quarter took more. */
  readonly lateMs: number;
}
