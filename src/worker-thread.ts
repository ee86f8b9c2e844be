/** `all`: doors and screens in this thread, applying and jobs in one of their own, so that a batch holds no answer up (docs/decisions/013). */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { youngMb } from '#apply/helper.ts';
import { StartFault } from '#store/start-fault.ts';
import type { Config } from './config.ts';
import { type Program, startProgram } from './program.ts';

/** What the thread is told. */
export type Order = 'start' | 'stop';

/** What it says of its start; `sentence`: what the operator can mend. */
export type Report = { readonly word: 'started' } | { readonly word: 'failed'; readonly sentence: string };

/**
 * Rejects as `startProgram` does. `onBroken`: the thread ended through a fault of ours; what was taken waits in the database, and
 * this program should end.
 */
export async function startBoth(config: Config, log: Logger, onBroken: (error: Error) => void): Promise<Program> {
  // it reads its modules while this thread starts, and waits for the order
  const thread = new Worker(new URL('./worker-thread-main.ts', import.meta.url), {
    workerData: config,
    resourceLimits: { maxYoungGenerationSizeMb: youngMb },
  });
  const ended = new Promise<Error>((resolve) => {
    thread.once('error', resolve);
    thread.once('exit', (code) => resolve(new Error(`the worker's thread ended with code ${code}`)));
  });
  let stopping = false;
  const tell = (order: Order): void => thread.postMessage(order);
  const stopThread = async (): Promise<void> => {
    stopping = true;
    tell('stop');
    await ended;
  };
  let web: Program | null = null;
  try {
    const running = await startProgram(config, log, 'web');
    web = running;
    const said = once(thread, 'message');
    tell('start');
    const report = await Promise.race([said.then(([first]): Report => first), ended]);
    if (report instanceof Error) throw report;
    if (report.word === 'failed') throw new StartFault(report.sentence);
    void ended.then((error) => stopping || onBroken(error));
    return {
      ...running,
      async stop() {
        await running.stop();
        await stopThread();
      },
    };
  } catch (error) {
    await web?.stop();
    await stopThread();
    throw error;
  }
}
