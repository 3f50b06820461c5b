// Which face is used for what. Invariant: native tasks come first where both sides have them, and names that the user gave
// come before everything; a task of a gateway is the same task on every face, so it may change between two polls.
import type { CallTool } from './call-tool.ts';
import { LONGHAUL_DIALECT, type Dialect } from './dialect.ts';
import type { Face } from './face.ts';
import { createExtension } from './native/extension.ts';
import { createLegacyTasks } from './native/legacy-tasks.ts';
import { createPair } from './pair.ts';

export interface Faces {
  readonly starting: Face;
  /** By which starts are put off; `null` where the server cannot. */
  readonly startingLater: Face | null;
  /** By which they are followed; `answersQuestions`: the program answers the questions of tasks. */
  following(answersQuestions: boolean): Face;
}

/** Chooses the faces; a dialect of the user's own is a pair. */
export function createFaces({ native }: CallTool, dialect: Dialect | undefined): Faces {
  const pair = createPair(dialect ?? LONGHAUL_DIALECT);
  if (dialect !== undefined || !native) {
    const canPutOff = (dialect ?? LONGHAUL_DIALECT).startAfterSeconds !== undefined;
    return { starting: pair, startingLater: canPutOff ? pair : null, following: () => pair };
  }
  const { generation, gateway } = native;
  const isGateway = gateway !== null;
  const face =
    generation === '2026-07-28' ? createExtension(isGateway) : createLegacyTasks(isGateway);
  const hasPair = gateway?.pair ?? false;
  return {
    starting: gateway?.typed === false ? pair : face,
    startingLater: hasPair ? pair : null,
    following: (answersQuestions) =>
      answersQuestions && !face.takesInput && hasPair ? pair : face,
  };
}
