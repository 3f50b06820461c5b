// Which tools a gateway offers: the names of the configuration's `tools` group.

/** What an operator switches. */
export interface OfferedTools {
  /** The tool pair and its companions. */
  readonly pair: boolean;
  /** A tool per operation. */
  readonly typed: boolean;
  /** How long the tool of an operation that says nothing itself waits for the outcome, in seconds. */
  readonly inlineWaitSeconds: number;
}
