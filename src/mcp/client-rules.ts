// What clients, and the models behind them, refuse in the tools of a server, as data. Sources: the clients' own code and the errors of the model APIs.
import type { Operation } from '../operations/operation.ts';
import { toPublished } from './published.ts';
import { COMBINERS, mapChildren } from './definitions.ts';
import { isJsonObject, type Json, type JsonObject } from '../contract/json.ts';

/** A place in a tool that a client does not take. */
export interface ClientProblem {
  readonly client: string;
  /** JSON Pointer into the input schema; empty for the tool itself. */
  readonly place: string;
  readonly message: string;
}

interface Rule {
  readonly client: string;
  readonly message: string;
  /** Whether a node of the schema breaks it. */
  readonly breaks: (node: JsonObject, isTop: boolean) => boolean;
}

/** What Claude Code puts before the name of a tool of a server called longhaul. */
const PREFIX = 'mcp__longhaul__';

const RULES: readonly Rule[] = [
  {
    client: 'Gemini CLI',
    message: 'has no type: the tool is left out',
    breaks: (node) =>
      node['type'] === undefined && ![...COMBINERS, '$ref'].some((keyword) => keyword in node),
  },
  {
    client: 'OpenAI and Gemini',
    message: 'is an array without items: the whole request is refused',
    breaks: (node) => node['type'] === 'array' && node['items'] === undefined,
  },
  {
    client: 'Gemini',
    message: 'has a list of types: the whole request is refused',
    breaks: (node) => Array.isArray(node['type']),
  },
  {
    client: 'OpenAI and Gemini',
    message: 'has a pattern that looks ahead or behind: the whole request is refused',
    breaks: ({ pattern }) => typeof pattern === 'string' && /\(\?<?[=!]/.test(pattern),
  },
  {
    client: 'Anthropic',
    message:
      'has a key that is not 1 to 64 of A-Z a-z 0-9 _ . -: the whole request is refused, every other tool with it',
    breaks: ({ properties }) =>
      isJsonObject(properties) &&
      Object.keys(properties).some((key) => !/^[a-zA-Z0-9_.-]{1,64}$/.test(key)),
  },
  {
    client: 'Anthropic and OpenAI',
    message: 'has alternatives at the top: the whole request is refused',
    breaks: (node, isTop) => isTop && COMBINERS.some((keyword) => keyword in node),
  },
];

/** What clients refuse in the tool of an operation, as it is published. */
export function findOperationProblems({ name, inputSchema }: Operation): ClientProblem[] {
  return findClientProblems(name, toPublished(inputSchema));
}

export function findClientProblems(name: string, inputSchema: JsonObject): ClientProblem[] {
  const long = PREFIX.length + name.length > 64;
  return [
    ...(long
      ? [
          {
            client: 'Claude Code',
            place: '',
            message: `has a name that is longer than 64 characters with ${PREFIX} before it: the tool is left out`,
          },
        ]
      : []),
    ...findIn(inputSchema, ''),
  ];
}

function findIn(node: Json, place: string): ClientProblem[] {
  if (!isJsonObject(node)) return [];
  const broken = RULES.filter(({ breaks }) => breaks(node, place === ''));
  const found = broken.map(({ client, message }) => ({ client, place, message }));
  mapChildren(node, (child, at) => {
    found.push(...findIn(child, `${place}/${at}`));
    return child;
  });
  return found;
}
