// Scripted models that pay for what they need: each reads the list of tools and the answers, and is told nothing else. What no
// description and no answer says, none of them does.
import { end, follow, initiate, refOf, type Assignment } from './policies.ts';
import type { Exchange, ModelCall, Policy } from './session.ts';

/** A tool as a model is shown it. */
interface ShownTool {
  readonly name: string;
  readonly description?: string | undefined;
  readonly inputSchema: object;
}

/** Runs a task for one thing in its result: a key, or else what stands beside a text. */
export function reader(
  assignment: Assignment,
  wanted: string,
  tools: readonly ShownTool[],
): Policy {
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls: [initiate(assignment)] };
    const { matches, value, result_preview: preview } = last.json;
    if (value !== undefined) return { says: JSON.stringify(value) };
    if (matches) return { calls: [{ ...last, args: toMatchArgs(last) }] };
    if (preview) return { calls: [readOn(last, toPath(preview.shape, wanted), wanted, tools)] };
    return last.json.done ? end(last) : follow(last);
  };
}

/** Has the same to do many times, each for other parameters. */
export function thrifty(
  { operation, key }: Omit<Assignment, 'parameters'>,
  many: readonly Assignment['parameters'][],
  tools: readonly ShownTool[],
): Policy {
  const calls = toManyCalls(operation, key, many, tools);
  return (seen) => {
    const last = seen.at(-1);
    if (!last) return { calls };
    const latest = seen.slice(-calls.length);
    const open = latest.filter(({ json }) => !json.done && json.value === undefined);
    if (open.length > 0) return { calls: open.map((one) => toCall(follow(one))) };
    if (calls.length > 1) return { says: `${calls.length} tasks` };
    const { value, result_preview: preview } = last.json;
    if (value !== undefined) return { says: JSON.stringify(value) };
    if (!preview) return end(last);
    if (showsCounts(preview.shape)) return { says: JSON.stringify(preview.shape) };
    return { calls: [readOn(last, '', '', tools)] };
  };
}

/** Whether a shape shows what has to be known of many: how many were done, and how many were not. */
function showsCounts(shape: unknown): boolean {
  const { total, done, failed } = (shape ?? {}) as Readonly<Record<string, unknown>>;
  return [total, done, failed].every((count) => typeof count === 'number');
}

/** One call where a tool says that it takes many items as one, and its schema says how; otherwise a call for each. */
function toManyCalls(
  operation: string,
  key: string,
  many: readonly Assignment['parameters'][],
  tools: readonly ShownTool[],
): readonly ModelCall[] {
  const tool = tools.find(({ description = '' }) => {
    const most = /^Runs one operation for up to (\d+) items as one task/.exec(description)?.[1];
    return most !== undefined && many.length <= Number(most);
  });
  const { properties } = (tool?.inputSchema ?? {}) as Properties;
  const item = properties?.['items']?.items?.properties;
  if (!tool || !properties?.['operation'] || !item?.['parameters']) {
    return many.map((parameters, index) =>
      initiate({ operation, parameters, key: `${key}-${index}` }),
    );
  }
  const items = many.map((parameters) => ({ parameters }));
  return [initiate({ operation: tool.name, parameters: { operation, items }, key })];
}

interface Properties {
  readonly properties?: Readonly<Record<string, Properties>>;
  readonly items?: Properties;
}

/** The call that `next_step` sends to, with arguments that the tool is shown to take. */
function readOn(
  last: Exchange,
  path: string | null,
  find: string,
  tools: readonly ShownTool[],
): ModelCall {
  const name = /call (\w+) with this task_ref/.exec(last.json.next_step ?? '')?.[1];
  const tool = tools.find((one) => one.name === name);
  const { properties } = (tool?.inputSchema ?? {}) as Properties;
  const part = path === null ? { find } : { path };
  if (!tool || Object.keys(part).some((field) => !properties?.[field])) {
    throw new Error(`nothing to follow: ${last.text}`);
  }
  return { tool: tool.name, args: { task_ref: refOf(last), ...part } };
}

/** What a match stands in. */
function toMatchArgs({ args, text, json: { matches = [] } }: Exchange): ModelCall['args'] {
  const [match] = matches;
  if (!match) throw new Error(`nothing to follow: ${text}`);
  return { task_ref: args['task_ref'], path: match.path.replace(/\/[^/]*$/, '') };
}

/** The pointer to a key that a shape shows; `null` where it shows none, or one in each item of a list. */
function toPath(shape: unknown, key: string): string | null {
  if (typeof shape !== 'object' || shape === null || Array.isArray(shape)) return null;
  for (const [name, inner] of Object.entries(shape)) {
    if (name === key) return `/${name}`;
    const path = toPath(inner, key);
    if (path !== null) return `/${name}${path}`;
  }
  return null;
}

function toCall(turn: ReturnType<typeof follow>): ModelCall {
  const [call] = turn.calls;
  return call;
}
