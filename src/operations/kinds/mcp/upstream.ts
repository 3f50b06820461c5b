// An upstream, as people write it: an MCP server whose tools become operations. One that is a command is run by this machine; one
// that is a URL is asked over HTTP. Invariant: what the server may see of the environment is listed by name.
import * as z from 'zod';
import { parseWebUrl } from '../../../contract/web-url.ts';
import { secretReference } from '../../callbacks.ts';
import { policySchema } from '../../policy.ts';
import { laneField } from '../../lane.ts';
import { presentationFields } from '../../presentation.ts';

/** Names of upstreams and prefixes of tools: short enough that a tool has a place beside one. */
const UPSTREAM_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,31}$/;
const URL_EXPECTED = 'an http or https address without user name, password and fragment';

const pattern = z.string().min(1).max(128);

const patterns = z
  .strictObject({
    allow: z.array(pattern).default(['*']),
    deny: z.array(pattern).default([]),
  })
  .prefault({});

const toolRules = z.strictObject({
  policy: policySchema.optional(),
  idempotent: z.boolean().optional(),
  lane: laneField,
  inlineWaitSeconds: presentationFields.inlineWaitSeconds,
  tags: presentationFields.tags,
});

const url = z
  .string()
  .refine((text) => {
    const parsed = parseWebUrl(text);
    return parsed !== null && parsed.username + parsed.password + parsed.hash === '';
  }, `expected ${URL_EXPECTED}`)
  .meta({ expected: URL_EXPECTED });

const upstreamSchema = z
  .strictObject({
    command: z.string().min(1).optional(),
    args: z.array(z.string()).default([]),
    cwd: z.string().min(1).optional(),
    env: z
      .array(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable'))
      .default([]),
    url: url.optional(),
    headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/), z.string()).default({}),
    oauth: z
      .strictObject({
        issuer: url,
        clientId: z.string().min(1),
        clientSecret: secretReference,
        scope: z.string().min(1).optional(),
      })
      .optional(),
    prefix: z.string().regex(UPSTREAM_NAME).optional(),
    allow: z.array(pattern).default(['*']),
    deny: z.array(pattern).default([]),
    tools: z.record(pattern, toolRules).default({}),
    prompts: patterns,
    resources: patterns,
    pin: z.boolean().default(false),
    sharing: z.enum(['shared', 'principal']).default('shared'),
    maxConnections: z.int().min(1).max(1000).default(16),
    startTimeoutSeconds: z.number().min(1).max(600).default(60),
    idleSeconds: z.number().min(1).max(86_400).default(300),
    maxMessageBytes: z.int().min(65_536).max(268_435_456).default(33_554_432),
  })
  .refine(({ command, url: address }) => (command === undefined) !== (address === undefined), {
    message: 'expected a command or a url, and not both',
  });

export const upstreams = z
  .record(z.string().regex(UPSTREAM_NAME), upstreamSchema)
  .default({})
  .describe(
    'MCP servers whose tools become operations, by name: `{ command, args }` or `{ url }`; see [wrapping MCP servers](wrap.md).',
  )
  .meta({ worker: true });

/** An upstream with its name, every option decided. */
export interface Upstream extends z.output<typeof upstreamSchema> {
  readonly name: string;
}

/** What the rules of an upstream say of a tool; `null` for one that is not taken. Later rules win. */
export function findToolRules(upstream: Upstream, tool: string): z.output<typeof toolRules> | null {
  if (!isAllowed(upstream, tool)) return null;
  const rules = Object.entries(upstream.tools).filter(([text]) => toExpression(text).test(tool));
  return Object.assign({}, ...rules.map(([, rule]) => rule)) as z.output<typeof toolRules>;
}

/** Whether patterns take a name, or an address. */
export function isAllowed(
  { allow, deny }: Readonly<Record<'allow' | 'deny', readonly string[]>>,
  name: string,
): boolean {
  const matches = (text: string) => toExpression(text).test(name);
  return allow.some(matches) && !deny.some(matches);
}

/** `*` stands for any text. */
function toExpression(text: string): RegExp {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's');
}
