// What happens once before all test files.
import { prepareWorkflowBundles } from './workflow-bundle.ts';

export default prepareWorkflowBundles;
