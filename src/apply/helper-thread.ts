/** The helper's own thread: applies the shards it is given, until it finds little. */
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { ShopId } from '#domain/ids.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { isLost, openClient } from '#store/db.ts';
import { batchLimit, pauseMs, toolsOf } from './applier.ts';
import { Plans, prepare } from './applier-connection.ts';
import { applyBatch } from './batch.ts';
import type { HelperOrder, HelperStart, HelperWord } from './helper.ts';

const { url, shards, keys }: HelperStart = workerData;
const say = (said: HelperWord): void => parentPort?.postMessage(said);
const onFault = (event: string, error: unknown): void => say({ word: 'fault', event, error });
const tools = toolsOf({ claims: postgresClaims, shards, keys, onFault });
let stopping = false;
let helping: Promise<void> = Promise.resolve();

parentPort?.on('message', (told: HelperOrder) => {
  if (told.order === 'help') helping = help(told.shards);
  else if (told.order === 'pace') tools.pace.saw(told.live);
  else void stop();
});

async function help(mine: readonly number[]): Promise<void> {
  const changed = new Set<ShopId>();
  const client = openClient(url, { pipeline: true, application_name: 'spread-tracker apply helper' });
  client.on('error', () => undefined);
  try {
    await prepare(client);
    const plans = new Plans();
    while (!stopping) {
      const began = performance.now();
      const { items, live, isFull, changedSettings } = await applyBatch(client, { ...tools, shards: mine }, batchLimit);
      for (const shop of changedSettings) changed.add(shop);
      if (items > 0) say({ word: 'applied', items, live });
      if (!isFull) break;
      await plans.grew(client, items);
      // many live calls of other shards: half of the time is left to them
      const others = live === 0 && !tools.pace.mayRun();
      if (items < batchLimit / 2) await pause(others ? Math.max(pauseMs, performance.now() - began) : pauseMs);
    }
  } catch (error) {
    onFault(isLost(error) ? 'apply.database_lost' : 'apply.fault', error);
    tools.days.clear();
  } finally {
    await client.end().catch(() => undefined);
    say({ word: 'done', changedSettings: [...changed] });
  }
}

async function stop(): Promise<void> {
  stopping = true;
  await helping;
  // ends this thread, not the process
  process.exit(0);
}
