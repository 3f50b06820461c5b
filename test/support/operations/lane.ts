// The lane that test operations are in, where they can be: a test file that another one loads again runs in the other lane.
import type { LaneOption } from '../../../src/operations/lane.ts';

export let testLane: LaneOption = 'workflow';

export function setTestLane(lane: LaneOption): void {
  testLane = lane;
}
