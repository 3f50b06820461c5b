// The Temporal UI over an embedded server: the CLI's own pages, the server's API, and no other way to either.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listen } from '../../../../src/http/server.ts';
import { readDataDirectory, type Membership } from '../../../../src/local/index.ts';
import { startPageServer } from '../../../../src/local/server/ui/page-server.ts';
import { createUiPages } from '../../../../src/local/server/ui/pages.ts';
import {
  connectTo,
  createTestDataDirectory,
  startIdleWorkflow,
  until,
  type TestDataDirectory,
} from '../../../support/temporal/data-directory.ts';
import { withDescendants } from '../../../support/processes/listening-ports.ts';

const API = '/api/v1/namespaces/default/workflows';
const letEverybodyPass = { guard: () => Promise.resolve(null), report: () => undefined };

let place: TestDataDirectory;
let membership: Membership;
beforeAll(async () => {
  place = await createTestDataDirectory();
  membership = await place.join();
  await using temporal = await connectTo(membership.server.address);
  await startIdleWorkflow(temporal.client, 'local:idle');
});
afterAll(async () => {
  await membership.leave();
  await place[Symbol.asyncDispose]();
});

test('shows the pages of the CLI, with the codec server that they are to ask', async () => {
  const codecUrl = 'http://127.0.0.1:7401';
  await using ui = await membership.serveUi({ ...letEverybodyPass, codecUrl });
  const html = { headers: { accept: 'text/html' } };
  const page = await fetch(ui.url, html);
  expect(page.status).toBe(200);
  expect(page.headers.get('x-frame-options')).toBe('SAMEORIGIN');
  const text = await page.text();
  const [script = ''] = /\/_app\/immutable\/entry\/start[\w.-]+\.js/.exec(text) ?? [];
  const code = await fetch(`${ui.url}${script}`);
  expect([code.status, code.headers.get('content-type')]).toEqual([
    200,
    expect.stringContaining('javascript'),
  ]);
  const deep = await fetch(`${ui.url}/namespaces/default/workflows/local%3Aidle`, html);
  expect(await deep.text()).toBe(text);
  for (const query of ['', '?']) {
    const settings = await fetch(`${ui.url}/api/v1/settings${query}`);
    expect(await settings.json()).toMatchObject({ Codec: { Endpoint: codecUrl } });
  }
  expect((await fetch(ui.url, { method: 'POST' })).status).toBe(405);
});

test('ends what the pages come from with itself', async () => {
  const before = withDescendants([process.pid]);
  {
    await using ui = await membership.serveUi(letEverybodyPass);
    expect((await fetch(`${ui.url}/api/v1/settings`)).status).toBe(200);
    const during = withDescendants([process.pid]).filter((pid) => !before.includes(pid));
    expect(during.length).toBeGreaterThan(0);
  }
  // `ps` itself is a child, too
  await until(() => withDescendants([process.pid]).length <= before.length);
});

test('ends what the pages come from when none is asked for, and starts it again for the next', async () => {
  const pages = createUiPages({
    ...{ executable: () => membership.server.executable, codecUrl: undefined, idleMs: 200 },
  });
  const at = { host: '127.0.0.1', port: 0, setWith: { host: '', port: '' } };
  await using listener = await listen(at, async (...exchange) => pages.answer(...exchange));
  const before = withDescendants([process.pid]).length;
  const isThere = () => withDescendants([process.pid]).length > before;
  for (const path of ['/', '/favicon.ico']) {
    expect((await fetch(`${listener.origin}${path}`)).status).toBe(200);
    await until(() => !isThere());
  }
  expect((await fetch(listener.origin)).status).toBe(200);
  expect(isThere()).toBe(false); // what was once given out is kept
});

test('what the pages come from ends by itself where nobody ends it', async () => {
  const { ended } = await startPageServer(membership.server.executable, undefined, '2s');
  expect(await ended).toEqual([expect.any(Number), null]); // it exits; no signal ended it
});

test('reads and ends workflows through the API, in the form that the pages know', async () => {
  await using ui = await membership.serveUi(letEverybodyPass);
  const ask = async (path: string, init?: RequestInit) => {
    const answer = await fetch(`${ui.url}${path}`, init);
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      body: await answer.json(),
    };
  };
  const input = { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'NDI=' }] };
  const started = await ask(`${API}/local%3Astarted`, {
    method: 'POST',
    body: JSON.stringify({
      workflowType: { name: 'nothing' },
      taskQueue: { name: 'nobody' },
      input,
    }),
  });
  expect(started).toMatchObject({ status: 200, type: 'application/json' });
  const { runId } = started.body as { runId: string };

  const history = await ask(`${API}/local%3Astarted/history`);
  const { events } = (history.body as { history: { events: unknown[] } }).history;
  expect(events[0]).toMatchObject({ workflowExecutionStartedEventAttributes: { input } });
  const raw = await ask(`${API}/local%3Astarted/run/${runId}/history.json`);
  expect(raw.body).toEqual(events);

  const ended = await ask(`${API}/local%3Astarted/terminate`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' }, // as a browser sends what it is not told
    body: JSON.stringify({ reason: 'seen enough' }),
  });
  expect(ended).toMatchObject({ status: 200, body: {} });
  expect(await ask(`${API}/local%3Astarted`)).toMatchObject({
    body: { workflowExecutionInfo: { status: 'WORKFLOW_EXECUTION_STATUS_TERMINATED' } },
  });
  expect(await ask(`${API}/unknown`)).toMatchObject({ status: 404, body: { code: 5 } });
  expect((await ask(`${API}/unknown/run/${runId}/history.json`)).status).toBe(404);
});

test('answers nothing that the guard has not let pass', async () => {
  await using ui = await membership.serveUi({
    ...letEverybodyPass,
    guard: () => Promise.resolve({ status: 403, message: 'no' }),
  });
  for (const path of ['/', '/api/v1/settings', API, '/favicon.ico']) {
    expect((await fetch(`${ui.url}${path}`)).status).toBe(403);
  }
});

test('is served by one process, and by the next one at the same address', async () => {
  expect(membership.server.uiUrl).toBeNull();
  const first = await membership.serveUi(letEverybodyPass);
  await using second = await membership.serveUi(letEverybodyPass);
  expect(second.url).toBe(first.url);
  expect((await readDataDirectory(place.path)).server?.uiUrl).toBe(first.url);
  await first[Symbol.asyncDispose]();
  await until(() => membership.server.uiUrl !== null);
  expect(second.url).toBe(first.url);
  expect((await fetch(`${second.url}${API}`)).status).toBe(200);
});

test('a given port that is taken is refused, and one that comes too late is told', async () => {
  const taken = Number(membership.server.address.split(':')[1]);
  await expect(membership.serveUi({ ...letEverybodyPass, port: taken })).rejects.toThrow(
    `UI port ${taken} of the Temporal server is taken`,
  );
  await using first = await membership.serveUi(letEverybodyPass);
  const lines: string[] = [];
  const report = (line: string) => void lines.push(line);
  await using second = await membership.serveUi({ ...letEverybodyPass, port: 1, report });
  expect(second.url).toBe(first.url);
  expect(lines).toEqual([expect.stringContaining(first.url)]);
});

test('goes on after the server was killed and started again', async () => {
  await using ui = await membership.serveUi(letEverybodyPass);
  const { pid } = membership.server;
  process.kill(pid, 'SIGKILL');
  await until(() => membership.server.pid !== pid);
  const answer = await fetch(`${ui.url}${API}/local%3Aidle`);
  expect(answer.status).toBe(200);
});

test('a server of an older Longhaul, which answers web pages, gives way to a closed one', async () => {
  const file = join(place.path, 'server.json');
  const { pid, address } = membership.server;
  const { api, ...older } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  expect(api).toMatchObject({ host: expect.stringMatching(/^[\da-f]{32}\.invalid$/) });
  writeFileSync(file, JSON.stringify({ ...older, uiPort: 8233 }));
  await using joined = await place.join();
  expect(joined.server.pid).not.toBe(pid);
  expect(joined.server.address).toBe(address);
  expect(place.lines.join()).toContain('of an older Longhaul');
});
