/** What the threads of a program keep after a full collection, asked over Node's inspector: a leak shows here long before it shows in RSS. */
import type { TestProcess } from './harness.ts';

/** For the program's environment; nobody but this machine reaches it. */
export const inspected = { NODE_OPTIONS: '--inspect=127.0.0.1:0' } as const;

/** Megabytes of each thread's heap that are still used, the main one's first. */
export async function liveHeapMb(program: TestProcess): Promise<number[]> {
  const url = /Debugger listening on (ws:\S+)/.exec(program.output.stderr)?.[1];
  if (url === undefined) throw new Error('the program was not started with an inspector');
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  const answers = new Map<number, (result: unknown) => void>();
  const threads: string[] = [];
  let calls = 0;
  const hear = (text: string): void => {
    const { id, method, params, result } = JSON.parse(text);
    if (method === 'NodeWorker.attachedToWorker') threads.push(params.sessionId);
    if (method === 'NodeWorker.receivedMessageFromWorker') hear(params.message);
    answers.get(id)?.(result);
  };
  socket.addEventListener('message', ({ data }) => hear(String(data)));
  const ask = (method: string, params: object = {}, thread: string | null = null): Promise<unknown> =>
    new Promise((resolve) => {
      const id = ++calls;
      answers.set(id, resolve);
      const message = JSON.stringify({ id, method, params });
      if (thread === null) socket.send(message);
      else void ask('NodeWorker.sendMessageToWorker', { sessionId: thread, message });
    });
  try {
    await ask('NodeWorker.enable', { waitForDebuggerOnStart: false });
    const used: number[] = [];
    for (const thread of [null, ...threads]) {
      await ask('HeapProfiler.collectGarbage', {}, thread);
      const { usedSize } = (await ask('Runtime.getHeapUsage', {}, thread)) as { usedSize: number };
      used.push(usedSize / 1024 / 1024);
    }
    await ask('NodeWorker.disable');
    return used;
  } finally {
    socket.close();
  }
}
