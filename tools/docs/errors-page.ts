// The table of docs/errors.md, written from the table of codes. It stands between `<!-- errors -->` and `<!-- end -->`.
import { ERRORS, createTaskError, type ErrorCode } from '../../src/contract/errors.ts';
import { toFailureStep, toRefusalStep } from '../../src/tasks/next-step.ts';
import { toTable } from './configuration-page.ts';

/** The page with its table written anew. */
export function renderErrorsPage(page: string): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map((code) => [
    `\`${code}\``,
    ERRORS[code].retryable ? 'yes' : '',
    ERRORS[code].meaning,
    (ERRORS[code].seen.ends === 'call' ? toRefusalStep : toFailureStep)(createTaskError(code, '')),
  ]);
  const table = toTable([['code', 'retryable', 'meaning', 'what the agent is told'], ...rows]);
  return page.replace(
    /(<!-- errors -->\n)[^]*?(<!-- end -->)/,
    (_, open: string, close: string) => `${open}\n${table}\n\n${close}`,
  );
}
