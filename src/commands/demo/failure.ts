/** A claim of the story that does not hold. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
}
