/** The thread that `all` starts: role `worker`, from the order to start to the order to stop. */
import { parentPort, workerData } from 'node:worker_threads';
import { StartFault } from '#store/start-fault.ts';
import type { Config } from './config.ts';
import { openLog } from './log.ts';
import { type Program, startProgram } from './program.ts';
import type { Order, Report } from './worker-thread.ts';

let starting: Promise<Program | null> = Promise.resolve(null);

// What is thrown here reaches the main thread as the thread's end.
parentPort?.on('message', (order: Order) => {
  if (order === 'start') starting = start(workerData);
  else void end();
});

/** Null: it could not start, for a reason that was reported. */
async function start(config: Config): Promise<Program | null> {
  try {
    const program = await startProgram(config, openLog(config.logLevel), 'worker');
    report({ word: 'started' });
    return program;
  } catch (error) {
    if (!(error instanceof StartFault)) throw error;
    report({ word: 'failed', sentence: error.message });
    return null;
  }
}

async function end(): Promise<void> {
  const program = await starting;
  await program?.stop();
  // ends this thread, not the process
  process.exit(0);
}

function report(said: Report): void {
  parentPort?.postMessage(said);
}
