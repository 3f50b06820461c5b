// The figures of a run: one entry per scenario that ran.
import { measureAnswers, type Answers } from './scenarios/answers.ts';
import { measureCallers, type Callers } from './scenarios/callers.ts';
import { measureCalls, type Calls } from './scenarios/calls.ts';
import { measureCancels, type Cancels } from './scenarios/cancels.ts';
import { measureCpu, type Cpu } from './scenarios/cpu.ts';
import { measureDeclared, type Declared } from './scenarios/declared.ts';
import { measureEnds, type Ends } from './scenarios/ends.ts';
import { measureFlood, type Flood } from './scenarios/flood.ts';
import { measureFollowed, type Followed } from './scenarios/followed.ts';
import { measureLanes, type Lanes } from './scenarios/lanes.ts';
import { measureMemory, type Memory } from './scenarios/memory.ts';
import { measureNative, type Native } from './scenarios/native.ts';
import { measureObserved, type Observed } from './scenarios/observed.ts';
import { measureOpenTasks, type OpenTasks } from './scenarios/open-tasks.ts';
import { measureOvershoot, type Overshoot } from './scenarios/overshoot.ts';
import { measureSecure, type Secure } from './scenarios/secure.ts';
import { measureStartUp, type StartUp } from './scenarios/start-up.ts';
import { measureWrapped, type Wrapped } from './scenarios/wrapped.ts';
import type { Setting } from './setting.ts';

/** What was measured. */
export interface Figures {
  readonly startUp?: StartUp;
  readonly calls?: Calls;
  readonly lanes?: Lanes;
  readonly cpu?: Cpu;
  readonly cancels?: Cancels;
  readonly memory?: Memory;
  readonly native?: Native;
  readonly answers?: Answers;
  readonly declared?: Declared;
  readonly wrapped?: Wrapped;
  readonly observed?: Observed;
  readonly secure?: Secure;
  readonly callers?: Callers;
  readonly overshoot?: Overshoot;
  readonly ends?: Ends;
  readonly followed?: Followed;
  readonly openTasks?: OpenTasks;
  readonly flood?: Flood;
}

/** The name of a scenario. */
export type Scenario = keyof Figures;

/** The scenarios, in the order in which they run: those that fill the database come last. */
export const SCENARIOS: { readonly [Name in Scenario]-?: Measure<Required<Figures>[Name]> } = {
  startUp: measureStartUp,
  calls: measureCalls,
  lanes: measureLanes,
  cpu: measureCpu,
  cancels: measureCancels,
  memory: measureMemory,
  native: measureNative,
  answers: measureAnswers,
  declared: measureDeclared,
  wrapped: measureWrapped,
  observed: measureObserved,
  secure: measureSecure,
  overshoot: measureOvershoot,
  callers: measureCallers,
  ends: measureEnds,
  followed: measureFollowed,
  openTasks: measureOpenTasks,
  flood: measureFlood,
};

type Measure<Result> = (setting: Setting) => Promise<Result>;
