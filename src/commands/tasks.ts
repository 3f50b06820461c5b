// `longhaul tasks`: an operator's or a script's view, of the tasks of this machine's user or of any principal. The right to it is
// access to Temporal: no scope and no token over MCP leads to the tasks of another.
import { isDone, type TaskStatus } from '../contract/task.ts';
import { toCancelAnswer, toInstant, toTaskAnswer, toTaskSummary } from '../tasks/answer.ts';
import type { Polling } from '../tasks/options.ts';
import type { TaskService } from '../tasks/service.ts';
import { createDeliveryLog } from '../temporal/operator/deliveries.ts';
import { parseShownPrincipal } from '../temporal/calls/identity.ts';
import { readTaskHistory } from '../temporal/operator/task-history.ts';
import { EXIT, type CommandContext, type ExitCode } from '../assembly/context.ts';
import type { Flags } from '../assembly/flags.ts';
import { withTemporal } from '../assembly/with-temporal.ts';
import type { InstalledConnection } from '../assembly/open-temporal.ts';
import { LOCAL } from '../assembly/faces.ts';
import { createConfiguredTasks } from '../assembly/task-service.ts';
import { toHistoryText, toTargetLink, toTaskLink } from './text/task-history-text.ts';
import { toTable, toTaskText, type CalledTool } from './text/task-text.ts';

/** What a command for tasks has, or for their callbacks. */
export interface OpenTasks {
  readonly tasks: TaskService;
  readonly connected: InstalledConnection;
  /** Of the Temporal UI; `null` where none is known. */
  readonly uiUrl: string | null;
  readonly polling: Polling;
  /** The tool of another server that an operation is, where it is one and is known here. */
  readonly findTool: (operation: string) => CalledTool | undefined;
  readonly caller: { readonly principal: string; readonly signal: AbortSignal };
  /** Prints JSON when it was asked for, text otherwise. */
  readonly print: (answer: object, text: () => string) => void;
}

/** A command of these, which is given its arguments and its flags. */
export function onTasks<Given extends readonly [...string[], Flags]>(
  run: (opened: OpenTasks, ...given: Given) => Promise<ExitCode>,
) {
  return async (context: CommandContext, ...given: Given): Promise<ExitCode> => {
    const flags = given.at(-1) as Flags;
    return withTemporal(context, flags, 'tasks', async ({ temporal, ...settings }) => {
      const { polling } = settings.config;
      const { all } = settings.registry;
      const opened: OpenTasks = {
        tasks: createConfiguredTasks(settings, temporal),
        connected: temporal.connected,
        uiUrl: temporal.uiUrl ?? settings.config.temporal.uiUrl,
        polling,
        findTool: (name) => {
          const tool = all.find(({ operation }) => operation.name === name)?.operation.tool;
          return tool && { upstream: tool.upstream, name: tool.listed['name'] as string };
        },
        caller: {
          principal: parseShownPrincipal(flags.principal ?? LOCAL),
          signal: context.interrupted,
        },
        print: (answer, text) => {
          context.stdout.write(`${flags.json ? JSON.stringify(answer) : text()}\n`);
        },
      };
      return run(opened, ...given);
    });
  };
}

export interface ListFlags extends Flags {
  readonly status?: TaskStatus;
  readonly operation?: string;
  readonly key?: string;
  readonly limit: number;
  readonly cursor?: string;
}

export const listTasks = onTasks(async ({ tasks, caller, print }, flags: ListFlags) => {
  const { key: idempotencyKey, status, operation, limit, cursor } = flags;
  const page = await tasks.list(caller, { limit, status, operation, idempotencyKey, cursor });
  const answer = { tasks: page.tasks.map(toTaskSummary), next_cursor: page.nextCursor };
  print(answer, () => toTable(page));
  return EXIT.ok;
});

/** How long one call for a history may take, in milliseconds. */
const HISTORY_MS = 10_000;

/** `tasks show`: how the task stands, how it came there, and where more is to be seen. */
export const showTask = onTasks<[string, Flags]>(
  async ({ tasks, connected, uiUrl, caller, polling, findTool, print }, taskRef) => {
    const task = await tasks.read(caller, taskRef);
    const tool = findTool(task.operation);
    const { client, namespace } = connected;
    const history = await readTaskHistory(client, namespace, caller.principal, task);
    const list = createDeliveryLog({ ...connected, limitMs: HISTORY_MS });
    const { deliveries } = await list(caller.principal, { taskRef, limit: 100 });
    const link = uiUrl === null ? null : toTaskLink(uiUrl, namespace, history);
    const target = toTargetLink(uiUrl, namespace, task);
    const links = [link, target?.['temporal_ui_url']].filter((url) => typeof url === 'string');
    const answer = {
      ...toTaskAnswer(task, polling),
      story: history.steps.map(({ at, text }) => ({ at: toInstant(at), text })),
      callbacks: deliveries.map(({ receiver, state, attempts, last }) => {
        return { receiver, state, attempts, last };
      }),
      temporal_ui_url: link,
      ...(tool && { tool }),
      ...(target && { workflow: target }),
    };
    print(answer, () =>
      [toTaskText(task, tool), ...toHistoryText(history, deliveries, links)].join('\n'),
    );
    return EXIT.ok;
  },
);

/** `tasks wait`: the exit code says how it ended. */
export const waitForTask = onTasks<[string, Flags & { readonly timeout: number }]>(
  async ({ tasks, caller, polling, print }, taskRef, { timeout }) => {
    const task = await tasks.wait(caller, taskRef, timeout * 1000);
    print(toTaskAnswer(task, polling), () => toTaskText(task));
    if (!isDone(task.state)) return EXIT.taskRunning;
    return task.state.status === 'completed' ? EXIT.ok : EXIT.taskFailed;
  },
);

export const cancelTask = onTasks<[string, Flags & { readonly reason?: string }]>(
  async ({ tasks, caller, polling, print }, taskRef, { reason }) => {
    const known = await tasks.cancel(caller, taskRef, reason);
    print(toCancelAnswer(known, polling), () => `${known.cancellation}\n${toTaskText(known.task)}`);
    return EXIT.ok;
  },
);
