// A real browser without a window, driven by its DevTools protocol. It has a profile of its own, asks no proxy, and finds every name
// that ends with `.test` on this machine.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTemporaryDirectory } from '../files/temporary-directory.ts';
import { bareEnvironment } from './home.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** The Chromium or Chrome of this machine; empty where there is none. */
export const BROWSER = findBrowser();

const FLAGS = [
  ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run'],
  ...['--no-proxy-server', '--host-resolver-rules=MAP *.test 127.0.0.1'],
  '--remote-debugging-port=0',
];

/** Longest wait for a page, in milliseconds. */
const UNTIL_MS = 60_000;

export interface Browser extends AsyncDisposable {
  /** Opens an address in the one tab, as a person does who types it. */
  open(url: string): Promise<void>;
  /** What an expression, or its promise, is in the page; rejects with what it throws. */
  evaluate(expression: string): Promise<unknown>;
  /** Resolves when an expression is true in the page, or in the one that it leads to. */
  until(expression: string): Promise<void>;
}

export async function startBrowser(): Promise<Browser> {
  const profile = await createTemporaryDirectory();
  const child = spawn(BROWSER, [...FLAGS, `--user-data-dir=${profile.path}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: bareEnvironment({ HOME: profile.path }),
  });
  const exit = once(child, 'exit');
  const socket = new WebSocket(await readAddress(child.stderr));
  await once(socket, 'open');
  const send = createSender(socket);
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });

  const evaluate = async (expression: string) => {
    const params = { expression, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await send('Runtime.evaluate', params, sessionId);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  };
  const shown = async () => String(await evaluate('document.body.innerText'));
  const until = async (expression: string) => {
    const deadline = performance.now() + UNTIL_MS;
    // Between two pages there is none to ask.
    while ((await evaluate(expression).catch(() => false)) !== true) {
      if (performance.now() > deadline) throw new Error(`not ${expression}: ${await shown()}`);
      await sleep(50);
    }
  };
  return {
    evaluate,
    until,
    open: async (url) => {
      const { errorText } = await send('Page.navigate', { url }, sessionId);
      if (errorText !== undefined) throw new Error(`${url}: ${JSON.stringify(errorText)}`);
      await until('document.readyState === "complete"');
    },
    [Symbol.asyncDispose]: async () => {
      await send('Browser.close');
      await exit;
      await profile[Symbol.asyncDispose]();
    },
  };
}

function findBrowser(): string {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, MAC].find((path) => existsSync(path)) ?? '';
}

async function readAddress(stderr: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stderr })) {
    const [, address] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
    if (address !== undefined) {
      stderr.resume();
      return address;
    }
  }
  throw new Error(`${BROWSER} ended`);
}

type Answer = Readonly<Record<string, unknown>>;

function createSender(socket: WebSocket) {
  const waiting = new Map<number, (message: { result?: Answer; error?: Answer }) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as { id?: number; result?: Answer; error?: Answer };
    waiting.get(message.id ?? 0)?.(message);
  });
  let last = 0;
  return async (method: string, params: object = {}, sessionId?: unknown): Promise<Answer> => {
    const id = (last += 1);
    const answered = new Promise<{ result?: Answer; error?: Answer }>((resolve) => {
      waiting.set(id, resolve);
    });
    socket.send(JSON.stringify({ id, method, params, sessionId }));
    const { result, error } = await answered;
    waiting.delete(id);
    if (result === undefined) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result;
  };
}
