// From the tools of upstreams to operations: names without clashes, what their servers say of them, and the rules of the
// configuration. A tool keeps its own name wherever nothing else has it.
import { checkJsonShape } from '../../schema/parameters.ts';
import { createIssuesError } from '../../schema/issues.ts';
import { isJsonObject, type Json, type JsonObject } from '../../../contract/json.ts';
import { createOperation } from '../../create.ts';
import type { Operation } from '../../operation.ts';
import { resolveLane } from '../../resolve-lane.ts';
import type { DeclaredContext } from '../../context.ts';
import { callTool } from './call.ts';
import { endCall } from './open-call.ts';
import { toSource, type Offer, type Source } from './source.ts';
import { cancelTask, pollTask, waitsForAnswer } from './task.ts';
import type { MadeByCall } from './task-result.ts';
import { readTaskSupport } from './task-support.ts';
import type { ListedTool } from './tools.ts';
import { findToolRules, type Upstream } from './upstream.ts';

export interface UpstreamOperations {
  readonly operations: readonly Operation[];
  /** A sentence for each tool that cannot be an operation. */
  readonly problems: readonly string[];
}

/** A tool takes as long as it takes: a day, where no policy says otherwise. Most take seconds, so that a lost worker is noticed soon. */
const PATIENT = {
  totalTimeoutSeconds: 86_400,
  attemptTimeoutSeconds: 86_400,
  heartbeatTimeoutSeconds: 30,
};

/** How often a task of a server is polled that does not say so. */
const POLLING = { initialIntervalMs: 1_000, backoffMultiplier: 2, maxIntervalMs: 30_000 };

/** Longest name of an operation. */
const NAME_CHARACTERS = 64;

/**
 * @param taken names that are something else's
 */
export function toUpstreamOperations(
  offers: readonly Offer[],
  taken: ReadonlySet<string>,
): UpstreamOperations {
  const problems: string[] = [];
  const allowed = offers.flatMap((offer) => {
    const { upstream, listing, isPinned = false } = offer;
    problems.push(...listing.problems);
    const shared = { upstream, isPinned, source: toSource(offer) };
    return listing.tools.flatMap((tool) => {
      const rules = findToolRules(upstream, tool.name);
      return rules ? [{ ...shared, tool, rules }] : [];
    });
  });
  const counts = new Map<string, number>();
  const toOwnName = ({ name }: ListedTool) => name.replace(/[^A-Za-z0-9_-]/g, '_');
  for (const { tool } of allowed.filter(({ upstream }) => upstream.prefix === undefined)) {
    counts.set(toOwnName(tool), (counts.get(toOwnName(tool)) ?? 0) + 1);
  }
  const used = new Set(taken);
  const operations = allowed.flatMap(({ tool, ...parts }) => {
    const { upstream } = parts;
    const own = toOwnName(tool);
    const clashes = taken.has(own) || (counts.get(own) ?? 0) > 1;
    const prefix = upstream.prefix ?? (clashes ? `${upstream.name}_` : '');
    const name = `${prefix}${own}`;
    try {
      if (name.length > NAME_CHARACTERS) {
        throw new TypeError(`its name has more than ${NAME_CHARACTERS} characters`);
      }
      if (used.has(name)) throw new TypeError(`another tool has the name ${name}`);
      const operation = createToolOperation(name, { ...parts, tool });
      resolveLane(operation, 'workflow'); // here, where it leaves out one tool: a list may change while the process runs
      used.add(name);
      return [operation];
    } catch (error) {
      problems.push(
        `upstream ${upstream.name}: tool ${JSON.stringify(tool.name.slice(0, 80))} is left out: ${(error as Error).message}`,
      );
      return [];
    }
  });
  return { operations, problems };
}

interface ToolParts {
  readonly upstream: Upstream;
  readonly tool: ListedTool;
  readonly rules: NonNullable<ReturnType<typeof findToolRules>>;
  readonly source: Source;
  readonly isPinned: boolean;
}

function createToolOperation(
  name: string,
  { upstream, tool, rules, source, isPinned }: ToolParts,
): Operation {
  const { title, description, annotations } = tool as Partial<Record<string, Json>>;
  const hints = isJsonObject(annotations) ? annotations : {};
  const shownTitle = [title, hints['title']].find(
    (text) => typeof text === 'string' && text !== '' && text.length <= 100,
  );
  const readOnly = hints['readOnlyHint'] === true;
  const idempotent = rules.idempotent ?? (readOnly || hints['idempotentHint'] === true);
  const { policy, inlineWaitSeconds, tags, lane } = rules;
  const taskSupport = readTaskSupport(tool);
  const parse = (parameters: Json): JsonObject => {
    checkJsonShape(parameters);
    if (isJsonObject(parameters)) return parameters;
    throw createIssuesError(name, [{ path: '', message: 'expected an object' }]);
  };
  const named = { upstream: upstream.name, tool: tool.name };
  const toMadeByCall = async (
    { handle }: { readonly handle: Json },
    context: DeclaredContext,
  ): Promise<MadeByCall> => ({
    ...{ tool: named, taskId: handle as string, context, calls: source.calls },
    pool: await context.services.get(source.service),
  });
  return createOperation({
    name,
    description:
      typeof description === 'string' && description.trim() !== ''
        ? description
        : `The tool ${tool.name} of ${upstream.name}.`,
    inputSchema: tool.inputSchema,
    outputSchema: null,
    policy: { ...PATIENT, ...policy },
    idempotent,
    lane,
    needs: taskSupport === 'forbidden' ? [] : ['tasks'],
    presentation: {
      ...(typeof shownTitle === 'string' && { title: shownTitle }),
      hints: {
        readOnly,
        destructive: hints['destructiveHint'] !== false && !readOnly,
        openWorld: hints['openWorldHint'] !== false,
      },
      inlineWaitSeconds,
      tags,
    },
    accept: (parameters) => {
      parse(parameters);
      return {};
    },
    tool: { upstream: upstream.name, listed: tool },
    steps: {
      kind: 'call',
      polling: POLLING,
      call: async (parameters, context) =>
        callTool(
          {
            ...{ ...named, args: parse(parameters), idempotent },
            taskSupport,
            pinned: isPinned ? tool : null,
          },
          context,
          await context.services.get(source.service),
          source.calls,
        ),
      poll: async (job, context) => pollTask(await toMadeByCall(job, context)),
      isHeld: (key) => source.calls.waiting.has(key),
      waitsFor: async (questions, job, context) =>
        waitsForAnswer(questions, await toMadeByCall(job, context)),
      cancel: async (job, context) => {
        if (job.handle === null) endCall(context.idempotencyKey, source.calls);
        else await cancelTask(await toMadeByCall(job, context));
      },
    },
  });
}
