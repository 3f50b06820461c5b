// The right to read payloads.
import { DECODE, type Gate, type GateRefusal } from '../auth/index.ts';

/** Why a caller may not; `null` for one who may. */
export async function refuse(
  gate: Gate,
  authorization: readonly string[],
): Promise<GateRefusal | null> {
  const admission = await gate.admit(authorization);
  return admission.kind === 'refused'
    ? admission.refusal
    : gate.forbid(admission.identity, [DECODE]);
}
