/** A start while the database is away: after a reboot it is often up later than we are. */
import { setTimeout as pause } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { buildWaitingServer } from '#http/waiting-server.ts';
import { isLost, openClient } from '#store/db.ts';
import { describeFault, placeOf } from '#store/migrate.ts';
import type { Config } from './config.ts';
import { listen } from './listen.ts';

const againMs = 1_000;
/** What is still so is told again. */
const tellMs = 30_000;
const connectMs = 5_000;

/**
 * Resolves when the server at DATABASE_URL answers, or says something that no waiting mends, or the time is up: the start goes on and
 * says what it finds. Meanwhile the log tells, and `atDoor` (a process that takes calls) answers them 503. A signal ends the process.
 */
export async function waitForDatabase(config: Config, log: Logger, atDoor: boolean): Promise<void> {
  const { databaseUrl, databaseWait } = config;
  if (databaseUrl === null || databaseWait === 0) return;
  const until = performance.now() + databaseWait * 1_000;
  let toldAt = Number.NEGATIVE_INFINITY;
  let door: FastifyInstance | null = null;
  const stop = (): never => process.exit(0);
  process.once('SIGTERM', stop).once('SIGINT', stop);
  try {
    for (;;) {
      const fault = await findFault(databaseUrl);
      const left = until - performance.now();
      if (fault === null || !isLost(fault) || left <= 0) return;
      if (performance.now() - toldAt > tellMs) {
        toldAt = performance.now();
        const sentence = `The database at ${placeOf(databaseUrl)} does not answer yet (${describeFault(fault)}): waiting for it, ${Math.ceil(left / 1_000)} s more.`;
        log.warn({ event: 'database.waiting', note: sentence });
      }
      if (atDoor && door === null) {
        door = buildWaitingServer('the database does not answer');
        await listen(door, config);
      }
      await pause(Math.min(againMs, left));
    }
  } finally {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    await door?.close();
  }
}

async function findFault(url: string): Promise<unknown> {
  const client = openClient(url, { application_name: 'spread-tracker start', connectionTimeoutMillis: connectMs });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return null;
  } catch (error) {
    return error;
  } finally {
    await client.end().catch(() => undefined);
  }
}
