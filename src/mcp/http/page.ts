// What a person sees who opens the address of the gateway in a browser.
import type { Gate } from '../../auth/index.ts';
import type { Page } from '../../http/page.ts';

export function toPage(url: string, gate: Pick<Gate, 'metadata'> | null): Page {
  const token = gate && !gate.metadata ? 'Bearer TOKEN' : null;
  const headers = token !== null && { headers: { Authorization: token } };
  const option = token === null ? '' : ` --header "Authorization: ${token}"`;
  const entry = JSON.stringify({ name: 'longhaul', type: 'http', url, ...headers });
  const others = JSON.stringify({ mcpServers: { longhaul: { url, ...headers } } });
  const lines = [
    ['Claude Code', `claude mcp add --transport http longhaul ${url}${option}`],
    ['VS Code', `code --add-mcp '${entry}'`],
    ['Others, in their configuration', others],
  ] as const;
  const shown = lines.map(
    ([client, line]) => `<dt>${client}</dt><dd><code>${escape(line)}</code></dd>`,
  );
  return {
    title: 'Longhaul',
    style:
      'dd{margin:.2rem 0 1rem}code{display:block;padding:.5rem;background:#8882;overflow-wrap:anywhere}',
    body: `<p>This is an MCP server: agents start slow operations here, hold a handle, and lose nothing. It is not for browsers.
Its address is</p>
<code>${escape(url)}</code>
<p>Add it to a client:${token === null ? '' : ' (TOKEN is the one that you were given)'}</p>
<dl>${shown.join('')}</dl>`,
  };
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
