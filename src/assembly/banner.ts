// What `dev` and `serve` say when they are ready: where everything is, and the line that adds it to a client.
import type { Gate } from '../auth/index.ts';
import { toFirstSentence } from '../contract/text.ts';
import type { Registry } from '../operations/registry.ts';
import type { CommandContext } from './context.ts';
import { toStyled } from './styled.ts';
import { VERSION } from './version.ts';

export interface Ready {
  readonly mcpUrl: string;
  readonly uiUrl: string | null;
  readonly metricsUrl: string | null;
  readonly registry: Registry;
  /** Built-in operations that are not, because callers authenticate. */
  readonly unnamedBuiltins: readonly string[];
  /** Who may call; `null` where every caller may. */
  readonly gate: Pick<Gate, 'metadata'> | null;
  /** Since the start of the process, in milliseconds. */
  readonly startedInMs: number;
}

export function announce({ stdout }: CommandContext, ready: Ready, json: boolean): void {
  stdout.write(json ? `${JSON.stringify(toRecord(ready))}\n` : toText(ready, stdout));
}

function toRecord({ mcpUrl, uiUrl, metricsUrl, registry }: Ready): object {
  return {
    mcp_url: mcpUrl,
    temporal_ui_url: uiUrl,
    ...(metricsUrl !== null && { metrics_url: metricsUrl }),
    operations: registry.all.map(({ operation }) => operation.name),
  };
}

function toText(
  { mcpUrl, uiUrl, metricsUrl, registry, unnamedBuiltins, gate, startedInMs }: Ready,
  stdout: CommandContext['stdout'],
): string {
  const strong = (text: string) => toStyled('bold', text, stdout);
  const width = Math.max(...registry.all.map(({ operation }) => operation.name.length));
  const operations = registry.all.map(
    ({ operation }) =>
      `    ${strong(operation.name.padEnd(width))}  ${toFirstSentence(operation.description)}`,
  );
  // A client of OAuth asks for a token for the resource by its name, so it has to be added under that name.
  const { resource } = gate?.metadata?.document ?? {};
  const url = typeof resource === 'string' ? resource : mcpUrl;
  const Authorization = gate && !gate.metadata ? 'Bearer TOKEN' : null;
  const entry = JSON.stringify({
    name: 'longhaul',
    type: 'http',
    url,
    ...(Authorization !== null && { headers: { Authorization } }),
  });
  return [
    '',
    `  ${strong(`Longhaul ${VERSION}`)} is ready after ${(startedInMs / 1000).toFixed(1)} s.`,
    '',
    `  MCP endpoint  ${strong(mcpUrl)}`,
    ...(uiUrl === null ? [] : [`  Temporal UI   ${strong(uiUrl)}`]),
    ...(metricsUrl === null ? [] : [`  Metrics       ${strong(metricsUrl)}`]),
    '',
    '  Operations an agent can initiate:',
    ...(operations.length > 0
      ? operations
      : ['    none; see `operations` in docs/configuration.md']),
    ...toOff(unnamedBuiltins),
    '',
    '  Add it to a client:',
    `    Claude Code   claude mcp add --transport http longhaul ${url}${Authorization === null ? '' : ` --header "Authorization: ${Authorization}"`}`,
    `    VS Code       code --add-mcp '${entry}'`,
    '',
    '  Ctrl-C stops it. Open tasks are kept, and go on as soon as a worker runs.',
    '',
    '',
  ].join('\n');
}

/** What is built in and off, and how to switch it on. */
function toOff(names: readonly string[]): string[] {
  const [name] = names;
  if (name === undefined) return [];
  return [
    `    Off, since callers authenticate: ${names.join(', ')}`,
    `    (one of them: \`tools.operations: { ${name}: true }\`; all of them: \`builtins: true\`)`,
  ];
}
