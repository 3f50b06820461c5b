// What a person reads of a task in the Temporal UI.
import { cut } from '../../contract/text.ts';
import type { Plan } from './plan.ts';

/** One line, where tasks are listed. */
export function toSummary({ operation, memo }: Plan): string {
  return cut(`${operation.name} · ${memo.key}`, 100);
}

/** Above its status lines. */
export function toDetails({ operation, memo, policy, principal }: Plan): string {
  return [
    `**${operation.name}** for \`${principal}\`, key \`${memo.key}\``,
    `total ${policy.totalMs / 1000} s, attempt ${policy.attemptMs / 1000} s, queue ${policy.queueMs / 1000} s, ` +
      `${policy.retry.attempts} retries; ${operation.idempotent ? 'runs again' : 'does not run again'} after a lost worker`,
  ].join('\n\n');
}
