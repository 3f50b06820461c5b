// Words by which services say how a job stands.

const DONE =
  /^(succeeded|succe(ss|ed)(ful(ly)?)?|completed?|done|finished|ready|ended|processed|generated|(job|run|task)_?(succe(ss|eded)|completed?)|(succe(ss|eded)|completed?)_?(job|run|task))$/;
const FAILED =
  /(fail|error|cancell?ed|cancell?ing|abort|expire|time_?d?_?_?out|reject|crash|kill|stopp|denied|invalid|incomplete|skipped|deleted|lost|dead|unsuccessful|moderated|blocked|refused)/;

export type Told = 'done' | 'failed' | 'running';

/** What a word says; `running` for whatever says neither. */
export function readWord(word: string): Told {
  const plain = word
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z]+/g, '_')
    .toLowerCase();
  if (/^(cancell?ing|aborting|stopping|timing_out)$/.test(plain)) return 'running'; // it has not ended yet
  if (FAILED.test(plain)) return 'failed';
  return DONE.test(plain) ? 'done' : 'running';
}

/** Whether a word is that of work which waits or goes on. */
export function isOfWork(word: string): boolean {
  return /queue|pending|running|progress|process|start|submitted|created|scheduled|waiting|accepted|initiali[sz]|prepar|generating|not_?started|ready$|executing|validating|scraping|rendering/i.test(
    word,
  );
}

/** Whether a path names work. */
export function isOfJob(path: string): boolean {
  return /job|run|task|operation|prediction|batch|export|import|report|transcri|quer(y|ies)|statement|execution|render|generat|process|async|build|pipeline|scan|crawl|snapshot|queue/i.test(
    path,
  );
}

/** Words of services whose description lists none. */
export const USUAL_WORDS = {
  done: ['succeeded', 'completed', 'success', 'done', 'finished'],
  failed: ['failed', 'error', 'canceled', 'cancelled', 'expired'],
} as const;

/** Properties that say how a job stands, the most telling first. */
export const STATUS_NAMES = [
  'status',
  'state',
  'job_status',
  'job_state',
  'processing_status',
  'run_status',
  'task_status',
  'status_type',
  'state_type',
  'phase',
];

/** Properties that hold a result, and those that say what failed. */
export const RESULT_NAMES = [
  'output',
  'result',
  'results',
  'response',
  'outputs',
  'analyze_result',
];
export const ERROR_NAMES = [
  'error',
  'errors',
  'error_message',
  'failure_reason',
  'failure',
  'failure_code',
  'status_message',
  'message',
];

/** A name of a property in snake_case: `jobStatus` and `job-status` are one. */
export function toSnake(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}
