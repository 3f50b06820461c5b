// Another process of the product's code, for what only processes can do to each other.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A child that answers line by line. Killed with its scope. */
export interface Child extends AsyncDisposable {
  readonly pid: number;
  /** Its next line on stdout. */
  line(): Promise<string>;
  /** Its further lines on stdout, until it ends. */
  rest(): Promise<string[]>;
  /** Sends a line to its stdin. */
  send(line: string): void;
  kill(signal: NodeJS.Signals): void;
  /** How it ended. */
  readonly exit: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Runs a script. */
export function startChild(
  script: URL,
  scriptArguments: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Child {
  const child = spawn(process.execPath, [fileURLToPath(script), ...scriptArguments], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env,
  });
  const exit = once(child, 'exit').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
  }));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid!,
    line: async () => {
      const next = await lines.next();
      if (next.done) throw new Error(`${script.pathname} ended without another line`);
      return next.value;
    },
    rest: async () => {
      const rest: string[] = [];
      for await (const line of { [Symbol.asyncIterator]: () => lines }) rest.push(line);
      return rest;
    },
    send: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => child.kill(signal),
    exit,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
