// Callbacks, made from the configuration: the rules that gateway and worker share, and what a worker delivers them with.
import { createCallbackRules, type CallbackRules } from '../callbacks/rules.ts';
import type { LoadedConfig } from '../config/index.ts';
import { isDone } from '../contract/task.ts';
import { toTaskAnswer } from '../tasks/answer.ts';
import type { Registry } from '../operations/registry.ts';
import type { TaskService } from '../tasks/service.ts';
import type { WorkerOptions } from '../temporal/worker/worker.ts';
import { VERSION } from './version.ts';

type CallbackOptions = NonNullable<WorkerOptions['callbacks']>;

/** How long a delivery waits for its task to close, in milliseconds; it is about to. */
const CLOSE_MS = 10_000;

export function createConfiguredRules(
  { callbacks }: Pick<LoadedConfig, 'callbacks'>,
  registry: Registry,
): CallbackRules {
  const byName = new Map(registry.all.map(({ operation }) => [operation.name, operation]));
  return createCallbackRules(callbacks, (name) => byName.get(name)?.callbacks ?? []);
}

/** Where upstreams reach the gateways that call back, as far as the configuration says it. */
export function toReceiver({ callbacks }: Pick<LoadedConfig, 'callbacks'>): {
  base: string | null;
} {
  return { base: callbacks.publicUrl?.replace(/\/$/, '') ?? null };
}

/** How a worker delivers callbacks: of the task as its own caller sees it, once `wait` has seen it closed. */
export function toCallbackOptions(
  { polling, callbacks }: Pick<LoadedConfig, 'callbacks' | 'polling'>,
  rules: CallbackRules,
  wait: TaskService['wait'],
  secret: CallbackOptions['secret'],
): CallbackOptions {
  return {
    rules,
    secret,
    userAgent: `longhaul/${VERSION}`,
    maxResultBytes: callbacks.maxResultBytes,
    readTask: async (principal, taskRef) => {
      const task = await wait({ principal }, taskRef, CLOSE_MS);
      return isDone(task.state) ? toTaskAnswer(task, polling) : null;
    },
  };
}
