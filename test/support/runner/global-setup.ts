// What happens once before all test files.
import { prepareWorkflowBundle } from './workflow-bundle.ts';

export default prepareWorkflowBundle;
