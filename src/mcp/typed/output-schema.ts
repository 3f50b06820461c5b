// The output schema of an operation's own tool: the operation's result, the file that a large one becomes where files are
// kept, or the task. A client checks answers by it, and a model pays for it: what tells the three apart, and no more. Invariant:
// references within the operation's schema still lead where they led.
import type { Tool as ToolDefinition } from '@modelcontextprotocol/server';
import { isJsonObject, type Json, type JsonObject } from '../../contract/json.ts';

/** A task as resolve_task_status shows it: one that is not done, or whose result does not fit into an answer. */
const TASK: JsonObject = { type: 'object', required: ['task_ref', 'next_step'] };

const FILE: JsonObject = { type: 'object', required: ['uri', 'sha256'] };

/** The schema; `null` where the operation's results are no objects, which a tool cannot promise. */
export function toTypedOutput(
  outputSchema: JsonObject | null,
  hasFiles = false,
): ToolDefinition['outputSchema'] | null {
  if (outputSchema?.['type'] !== 'object') return null;
  const { $defs, ...result } = outputSchema;
  const definitions: JsonObject = isJsonObject($defs) ? $defs : {};
  const others = hasFiles ? [FILE, TASK] : [TASK];
  if (!refersToRoot(outputSchema)) {
    return {
      type: 'object',
      anyOf: [result, ...others],
      ...(isJsonObject($defs) && { $defs }),
    };
  }
  // The result becomes a definition itself, so that a reference to the root of its schema can name it.
  const name = toFreeName(Object.keys(definitions));
  const hoisted = moveReferences(
    { ...definitions, [name]: result },
    `#/$defs/${name}`,
  ) as JsonObject;
  return {
    type: 'object',
    anyOf: [{ $ref: `#/$defs/${name}` }, ...others],
    $defs: hoisted,
  };
}

function toFreeName(taken: readonly string[], name = 'result'): string {
  return taken.includes(name) ? toFreeName(taken, `${name}_`) : name;
}

const DEFINITION = '#/$defs/';

function refersToRoot(node: Json): boolean {
  if (Array.isArray(node)) return node.some((one: Json) => refersToRoot(one));
  if (!isJsonObject(node)) return false;
  return Object.entries(node).some(([key, value]) =>
    isReference(key, value) ? !value.startsWith(DEFINITION) : refersToRoot(value),
  );
}

function moveReferences(node: Json, to: string): Json {
  if (Array.isArray(node)) return node.map((one: Json) => moveReferences(one, to));
  if (!isJsonObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      isReference(key, value) && !value.startsWith(DEFINITION)
        ? value.replace(/^#/, to)
        : moveReferences(value, to),
    ]),
  );
}

/** Only references within the schema itself; others lead where they led. */
function isReference(key: string, value: Json): value is string {
  return key === '$ref' && typeof value === 'string' && value.startsWith('#');
}
