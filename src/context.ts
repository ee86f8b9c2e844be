/** What every process needs before it does its own work: a migrated database, its pools, the keys. */
import type { Kysely } from 'kysely';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { openDb, openPool, withRole } from '#store/db.ts';
import { keepInstanceValue } from '#store/instance.ts';
import { ensureJournalDays } from '#store/journal-day.ts';
import { migrate } from '#store/migrate.ts';
import { startPostgres } from '#store/postgres.ts';
import { deriveKeys, type Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import type { Config } from './config.ts';
import { checkSecretKey, findSecretKey } from './secret-key.ts';

export interface Context {
  readonly config: Config;
  readonly log: Logger;
  readonly now: () => number;
  /** As the owner: migrations and the job queue, nothing else. */
  readonly ownerUrl: string;
  /** As the application. */
  readonly url: string;
  readonly pool: Pool;
  readonly db: Kysely<Database>;
  readonly keys: Keys;
  readonly secretKey: string;
  /** Fixed at the first start on this database. */
  readonly shards: number;
  /** A pool of its own, so that screens cannot starve it. */
  openPool(name: string, max: number, options?: { readonly connectMs?: number }): Pool;
  /** Ends the pools, then leaves the database server. */
  close(): Promise<void>;
}

export async function openContext(config: Config, log: Logger, now: () => number = Date.now): Promise<Context> {
  const secretKey = await findSecretKey(config.secretKey, config.dataDir);
  const note = (line: string): void => log.info({ event: 'database', note: line });
  const server = config.databaseUrl === null ? await startPostgres(config.dataDir, { note }) : null;
  const ownerUrl = server?.url ?? config.databaseUrl ?? '';
  const pools: Pool[] = [];
  let closing = false;
  const close = async (): Promise<void> => {
    closing = true;
    await Promise.all(pools.map((pool) => pool.end()));
    await server?.stop();
  };
  try {
    const migrated = await migrate(ownerUrl, note);
    if (migrated.applied.length > 0) log.info({ event: 'migrated', migrations: migrated.applied });
    const url = withRole(ownerUrl, migrated.role);
    const open = (name: string, max: number, options: { readonly connectMs?: number } = {}): Pool => {
      const onError = (error: Error): void => {
        if (!closing) log.warn({ event: 'database.connection_lost', pool: name, err: error });
      };
      const pool = openPool(url, { max, name: `spread-tracker ${name}`, onError, ...options });
      pools.push(pool);
      return pool;
    };
    const pool = open('main', 10, { connectMs: 15_000 });
    await checkSecretKey(pool, secretKey);
    const shards = Number(await keepInstanceValue(pool, 'shards', config.first.shards));
    await ensureJournalDays(pool, now(), 2);
    const keys = deriveKeys(secretKey);
    return { config, log, now, ownerUrl, url, pool, db: openDb(pool), keys, secretKey, shards, openPool: open, close };
  } catch (error) {
    await close();
    throw error;
  }
}
