// Names the task to the activities of others that it schedules, in a header. Invariant: it adds no command and changes no result.
import { defaultPayloadConverter } from '@temporalio/common';
import { workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { TASK_HEADER, type TaskNames } from '../../src/contract/workflow/target.ts';
import { WORKFLOW_TYPE, type TaskInput } from '../../src/contract/workflow/task-input.ts';
import { toWorkflowTaskRef } from '../../src/contract/task-ref.ts';

/** Called by the SDK for each workflow. */
export function interceptors(): WorkflowInterceptors {
  const { workflowType, workflowId, firstExecutionRunId } = workflowInfo();
  if (workflowType !== WORKFLOW_TYPE) return {};
  let input: Partial<TaskInput> = {};
  return {
    inbound: [
      {
        execute: (execution, next) => {
          input = execution.args[0] as TaskInput;
          return next(execution);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (scheduled, next) => {
          if (input.activity?.type !== scheduled.activityType) return next(scheduled);
          const names: TaskNames = {
            task_ref: toWorkflowTaskRef(workflowId, firstExecutionRunId),
            idempotency_key: input.idempotencyKey ?? '',
          };
          const header = defaultPayloadConverter.toPayload(names);
          return next({ ...scheduled, headers: { ...scheduled.headers, [TASK_HEADER]: header } });
        },
      },
    ],
  };
}
