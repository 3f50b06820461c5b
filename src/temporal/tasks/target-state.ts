// How a task stands that follows a workflow of another application: its progress and its questions are those of the workflow.
import type { InputResponses } from '../../contract/input.ts';
import type { Task, TaskState } from '../../contract/task.ts';
import type { WorkflowSteps } from '../../operations/operation.ts';
import type { Registry } from '../../operations/registry.ts';
import type { Targets } from '../../operations/targets.ts';

/** What the gateway does with the workflows that tasks follow. */
export interface TargetStates {
  /** Whether a running task of the operation may ask without a change of its own. */
  readonly mayAsk: (operation: string) => boolean;
  /** The state of a running task, with what its workflow says. */
  readonly read: (task: Task) => Promise<TaskState>;
  /** Hands answers on to the workflow; `false` where the questions are the task's own. */
  readonly answer: (task: Task, answers: InputResponses) => Promise<boolean>;
}

/** Over the port; without it, tasks follow nothing. */
export function createTargetStates(
  registry: Registry,
  targets: Pick<Targets, 'read' | 'answer'> | null,
): TargetStates {
  const find = (operation: string): WorkflowSteps | null => {
    const known = registry.all.find(({ operation: { name } }) => name === operation);
    return known?.operation.steps.kind === 'workflow' ? known.operation.steps : null;
  };
  return {
    mayAsk: (operation) => Object.keys(find(operation)?.reading.asks ?? {}).length > 0,
    read: async ({ operation, target, state }) => {
      const steps = find(operation);
      if (!targets || !steps || !target || state.status !== 'processing') return state;
      const seen = await targets.read(target, steps.reading).catch(() => null);
      if (!seen) return state;
      const requests = Object.entries(seen.open).map(([key, message]) => {
        const requestedSchema = steps.reading.asks[key]?.schema ?? {};
        return [key, { message, requestedSchema, takesDecline: false }] as const;
      });
      if (requests.length === 0) return { ...state, progress: seen.progress };
      const { attempt } = state;
      return { status: 'input_required', attempt, requests: Object.fromEntries(requests) };
    },
    answer: async ({ operation, target }, answers) => {
      const steps = find(operation);
      if (!targets || !steps || !target) return false;
      for (const [key, answer] of Object.entries(answers)) {
        const ask = steps.reading.asks[key];
        if (ask && answer.action === 'accept') await targets.answer(target, ask, answer.content);
      }
      return true;
    },
  };
}
