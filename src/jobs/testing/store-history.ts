/** For tests: a shop whose store has a history, and everything it takes to pull it. */
import { type Applier, startApplier } from '#apply/applier.ts';
import type { ShopId } from '#domain/ids.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { openPostgresEngine, postgresClaims } from '#intake/postgres-engine.ts';
import { openGuardedFetch } from '#outbound/guarded-fetch.ts';
import { createConnection, type StoreApi, saveStoreApi } from '#store/connection.ts';
import { openClient } from '#store/db.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { type PullTools, pullsJob } from '../pulls.ts';

export interface StoreHistory {
  readonly database: TestDatabase;
  readonly shop: ShopId;
  readonly tools: PullTools;
  /** A connection to a store's API. */
  connect(platform: string, api: StoreApi): Promise<number>;
  /** One run of the job. */
  run(runMs?: number): Promise<void>;
  /** As when the process died: another begins, and knows what the database knows. */
  restart(): void;
  /** Rows that were received and are not applied yet. */
  waiting(): Promise<number>;
  counts(): Promise<Readonly<Record<string, number>>>;
  pull(id: number, kind: 'history' | 'reconcile'): Promise<PullRow | undefined>;
  close(): Promise<void>;
}

export interface PullRow {
  readonly state: string;
  readonly objects: number;
  readonly expected: number | null;
  readonly fault: string | null;
  readonly cursor: string | null;
  readonly next_at: Date;
}

export async function openStoreHistory(now: () => number): Promise<StoreHistory> {
  const database = await testDatabase();
  const { pool } = database;
  const keys = deriveKeys('a secret of the tests');
  const made = await createShop(pool, keys, { name: 'Maison' });
  const shop = made.shopId;
  const engine: IntakeEngine = await openPostgresEngine({ pool, shards: 4, now });
  const applier: Applier = startApplier({
    connect: () => openClient(database.url, { pipeline: true }),
    claims: postgresClaims,
    shards: 4,
    keys,
    onFault: (event, error) => {
      throw new Error(event, { cause: error });
    },
  });
  let ending = new AbortController();
  let limit = 50_000;
  const tools: PullTools = {
    pool,
    keys,
    engine,
    guarded: openGuardedFetch({ allow: ['127.0.0.1'] }),
    now,
    get ending() {
      return ending.signal;
    },
    get runMs() {
      return limit;
    },
  };
  let job = pullsJob(tools);
  const value = async (sql: string): Promise<number> => {
    const { rows } = await pool.query<{ n: number }>(sql, [shop]);
    return rows[0]?.n ?? 0;
  };
  return {
    database,
    shop,
    tools,
    async connect(platform, api) {
      const one = { platform, store: platform, name: platform, secret: null, createdBy: 'tests' };
      const { id } = await createConnection(pool, keys, shop, one, now());
      await saveStoreApi(pool, keys, shop, id, api);
      return id;
    },
    async run(runMs) {
      limit = runMs ?? 50_000;
      await job.run({}, {} as Parameters<typeof job.run>[1]);
    },
    restart() {
      ending.abort();
      ending = new AbortController();
      job = pullsJob(tools);
    },
    async waiting() {
      const { rows } = await pool.query<{ n: number }>('select count(*)::int as n from intake');
      return rows[0]?.n ?? 0;
    },
    async counts() {
      const { rows } = await pool.query<{ result: string; n: number }>(
        'select result, sum(n)::float8 as n from pull_count where shop_id = $1 group by result',
        [shop],
      );
      const orders = await value('select count(*)::int as n from orders where shop_id = $1');
      const profiles = await value('select count(*)::int as n from profile where shop_id = $1');
      return { ...Object.fromEntries(rows.map(({ result, n }) => [result, Number(n)])), orders, profiles };
    },
    async pull(id, kind) {
      const { rows } = await pool.query<PullRow>(
        `select state, objects::float8 as objects, expected::float8 as expected, fault, cursor, next_at from pull
         where shop_id = $1 and connection_id = $2 and kind = $3`,
        [shop, id, kind],
      );
      return rows[0];
    },
    async close() {
      ending.abort();
      await applier.stop();
      await engine.stop();
      await database.close();
    },
  };
}
