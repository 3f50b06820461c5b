// What the project set out to reach, held against the figures of a run. A goal is reported, never enforced: a shared
// machine may miss it by accident.
import type { Figures } from './figures.ts';
import { atLeast, atMost, ratio, share, watched, type Goal } from './goal.ts';
import { toLaneGoals } from './lane-goals.ts';

/** Every goal whose figures are there. */
export function toGoals(figures: Figures): Goal[] {
  const {
    calls,
    callers,
    cpu,
    native,
    answers,
    declared,
    wrapped,
    observed,
    secure,
    overshoot,
    ends,
    followed,
    openTasks,
    flood,
    startUp,
  } = figures;
  return [
    ...(calls
      ? [
          atMost(
            'gateway adds to a start, median',
            calls.initiate.p50 - calls.rawStart.p50,
            3,
            'ms',
          ),
          atMost(
            'gateway adds to a read, median',
            calls.resolve.p50 - calls.rawDescribe.p50,
            3,
            'ms',
          ),
          atMost('initiate, p99', calls.initiate.p99, 200, 'ms'),
        ]
      : []),
    ...(callers
      ? [share('reads of 50 callers', callers.resolve.perSecond, callers.rawDescribe.perSecond)]
      : []),
    ...(callers?.earlier ?? []).map(({ commit, perSecond }) =>
      atLeast(
        `reads of 50 callers, times those of ${commit}`,
        (callers?.resolve.perSecond ?? NaN) / perSecond,
        1,
      ),
    ),
    ...toLaneGoals(figures),
    ...(cpu?.earlier ?? []).map(({ commit, workerMs }) =>
      atMost(
        `worker's CPU of an empty task, times that of ${commit}`,
        (cpu?.workflow.workerMs ?? NaN) / workerMs,
        0.8,
        '×',
      ),
    ),
    ...(native
      ? [
          ratio('create of the tasks extension to initiate', native.create, native.initiate),
          ratio('create of 2025-11-25 to initiate', native.legacyCreate, native.initiate),
          ratio('tasks/get of the extension to resolve', native.get, native.resolve),
          ratio('tasks/get of 2025-11-25 to resolve', native.legacyGet, native.resolve),
          ratio('typed call to initiate with a wait', native.inline, native.waiting),
          atMost('tools/list with 500 operations, median', native.list.p50, 20, 'ms'),
          atMost('tools/list with 500 operations', native.listTokens, 8_000, 'tokens'),
        ]
      : []),
    ...(answers
      ? [
          ratio(
            'read of a short result to one without a budget',
            answers.short,
            answers.plainShort,
          ),
          ratio('read of a result that just fits to the same', answers.full, answers.plainFull),
        ]
      : []),
    ...(declared
      ? [
          atMost(
            'CPU of a declared request over undici alone',
            declared.declaredMs - declared.undiciMs,
            1,
            'ms',
          ),
          atMost(
            `heap after ${declared.polls} polls of ${declared.jobs} jobs, times that after a tenth`,
            declared.lateMiB / declared.earlyMiB,
            1.1,
            '×',
          ),
        ]
      : []),
    ...(wrapped
      ? [
          atMost(
            'wrapped tool of 0 ms, times an empty operation',
            wrapped.workflow.wrapped.p50 / wrapped.workflow.empty.p50,
            1.3,
            '×',
          ),
          atMost(
            'the same in the activity lane',
            wrapped.activity.wrapped.p50 / wrapped.activity.empty.p50,
            1.3,
            '×',
          ),
          atMost(
            'wrapped tool of 0 ms in the activity lane over the direct call, median',
            wrapped.activity.wrapped.p50 - wrapped.activity.direct.p50,
            15,
            'ms',
          ),
          atMost('tools/list with 500 wrapped tools, median', wrapped.list.p50, 50, 'ms'),
          atMost(
            `${wrapped.together.calls} calls of 500 ms at once on one process, times as many of an operation`,
            wrapped.together.wrapped.p50 / wrapped.together.own.p50,
            1.3,
            '×',
          ),
        ]
      : []),
    ...(secure
      ? [
          atMost(
            'start with authentication and encryption, times the plain one',
            secure.initiate.p50 / secure.plainInitiate.p50,
            1.3,
            '×',
          ),
          atMost(
            'read with authentication and encryption, times the plain one',
            secure.resolve.p50 / secure.plainResolve.p50,
            1.3,
            '×',
          ),
        ]
      : []),
    ...(observed
      ? [
          watched('start', observed.observedInitiate, observed.initiate),
          watched('read', observed.observedResolve, observed.resolve),
        ]
      : []),
    ...(overshoot
      ? [
          atMost('overshoot of a wait', overshoot.waiting.overshootMs, 100, 'ms'),
          atMost('calls of a wait', overshoot.waiting.calls, 1, ''),
        ]
      : []),
    ...(ends ? toEndsGoals(ends) : []),
    ...(followed ? toFollowedGoals(followed) : []),
    ...(openTasks
      ? [
          atMost(
            `memory with ${openTasks.many.open} open tasks, times that with one`,
            openTasks.many.residentMiB / openTasks.few.residentMiB,
            1.1,
            '×',
          ),
        ]
      : []),
    ...(flood
      ? [
          atMost(
            `initiate beside ${flood.tasks} tasks of another tenant, times the quiet value`,
            flood.flooded.initiate.p50 / flood.quiet.initiate.p50,
            2,
            '×',
          ),
          atMost(
            'initiate to result beside them, times the quiet value',
            flood.flooded.initiateToResult.p50 / flood.quiet.initiateToResult.p50,
            2,
            '×',
          ),
        ]
      : []),
    ...(startUp ? [atMost('second start', startUp.secondMs, 5000, 'ms')] : []),
  ];
}

/** What is followed takes one call to Temporal more than an attempt: the answer of the long poll. */
function toEndsGoals({ alone, among }: Required<Figures>['ends']): Goal[] {
  return [
    atMost('end of a workflow of others to the answer, median', alone.followed.p50, 100, 'ms'),
    atMost('times that of an operation', alone.followed.p50 / alone.plain.p50, 1.5, '×'),
    atMost(`the same while ${among.others} are followed, median`, among.followed.p50, 100, 'ms'),
  ];
}

function toFollowedGoals({
  initiate,
  followedInitiate,
  looks,
  callsPerMinute,
}: Required<Figures>['followed']): Goal[] {
  const [few, ...more] = looks;
  const many = more.at(-1);
  return [
    ratio('initiate of a workflow of others to plain', followedInitiate, initiate),
    atMost('calls for each that is followed, in a minute', callsPerMinute, 6.5, ''),
    ...(few && many
      ? [
          atMost(
            `memory of a worker that follows ${many.followed}, times that with ${few.followed}`,
            many.keptMiB / few.keptMiB,
            1.2,
            '×',
          ),
          atMost(`slots that ${many.followed} followed take`, many.slots, 0, ''),
        ]
      : []),
  ];
}
