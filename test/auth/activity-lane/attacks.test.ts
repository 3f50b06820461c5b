// The same tests in the activity lane.
import { setTestLane } from '../../support/operations/lane.ts';

setTestLane('activity');
await import('../attacks.test.ts');
