/** A Chromium driven by its own protocol alone: a testing library's listeners would add their work to the page's. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumFlags, chromiumPath } from '../checks/programs.ts';

export interface Devtools {
  send(method: string, params?: object): Promise<Readonly<Record<string, unknown>>>;
  /** Navigates, and resolves when the page's load event is over. */
  open(url: string): Promise<void>;
  /** A figure of the page's main thread since its navigation, in milliseconds of its own time. */
  metric(name: 'TaskDuration' | 'ScriptDuration'): Promise<number>;
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

/** One page. `slowness`: how many times its CPU is slowed. */
export async function openDevtools(slowness: number): Promise<Devtools> {
  const folder = mkdtempSync(join(tmpdir(), 'spread-bench-chromium-'));
  const flags = [...chromiumFlags, `--user-data-dir=${folder}`, '--remote-debugging-port=0', 'about:blank'];
  const browser = spawn(chromiumPath(), flags, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = new Promise<void>((resolve) => browser.once('exit', () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    browser.once('error', reject);
    browser.stderr.on('data', (bytes: Buffer) => {
      said += bytes.toString();
      const found = /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const pages: { type: string; webSocketDebuggerUrl: string }[] = JSON.parse(
    await (await fetch(`http://127.0.0.1:${port}/json`)).text(),
  );
  const socket = new WebSocket(pages.find(({ type }) => type === 'page')?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const answers = new Map<number, (message: Message) => void>();
  let loaded = (): void => undefined;
  let calls = 0;
  socket.addEventListener('message', ({ data }) => {
    const message: Message = JSON.parse(String(data));
    if (message.method === 'Page.loadEventFired') loaded();
    if (message.id !== undefined) answers.get(message.id)?.(message);
  });
  const send: Devtools['send'] = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      answers.set(id, ({ result, error }) => {
        answers.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send('Page.enable');
  await send('Performance.enable', { timeDomain: 'threadTicks' });
  await send('Emulation.setCPUThrottlingRate', { rate: slowness });
  return {
    send,
    async open(url) {
      const over = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      await send('Page.navigate', { url });
      await over;
    },
    async metric(name) {
      const { metrics } = (await send('Performance.getMetrics')) as { metrics: { name: string; value: number }[] };
      return (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN) * 1000;
    },
    async evaluate(expression) {
      const { result } = (await send('Runtime.evaluate', { expression, awaitPromise: true })) as {
        result: { value?: unknown };
      };
      return result.value;
    },
    async close() {
      // asked, not killed: Debian starts it through a shell that would die alone
      socket.send(JSON.stringify({ id: ++calls, method: 'Browser.close' }));
      await ended;
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
