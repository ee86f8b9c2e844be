/** The doors over a real database, with a shop and what intake holds of it. */
import { Writable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { ShopId } from '#domain/ids.ts';
import { buildServer, type HttpOptions } from '#http/server.ts';
import { seqOf } from '#intake/batch-id.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { decodeBatch, type Envelope } from '#intake/envelope.ts';
import { openPostgresEngine } from '#intake/postgres-engine.ts';
import { type Settler, startSettler } from '#intake/settle.ts';
import { openPool } from '#store/db.ts';
import { deriveKeys, type Keys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';

export interface TestDoors {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly engine: IntakeEngine;
  readonly keys: Keys;
  readonly shop: TestShop;
  readonly other: TestShop;
  /** The program's log so far, at debug level. */
  readonly log: () => string;
  /** Takes what intake holds, oldest first. */
  readonly received: () => Promise<(Envelope & { seq: bigint; text: string })[]>;
  readonly close: () => Promise<void>;
}

export interface TestShop {
  readonly shopId: ShopId;
  readonly publicKey: string;
  readonly privateKey: string;
  readonly basic: string;
}

export const secret = 'a secret of the tests';

export async function openDoors(
  options: HttpOptions & { now?: () => number; engine?: IntakeEngine } = {},
): Promise<TestDoors> {
  const database = await testDatabase();
  const keys = deriveKeys(secret);
  const pool = openPool(database.url, { max: 4 });
  const engine = options.engine ?? (await openPostgresEngine({ pool: database.pool, shards: 4 }));
  const settler: Settler = startSettler(pool);
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const shop = await makeShop(database, keys, 'Première');
  const other = await makeShop(database, keys, 'Seconde');
  const app = buildServer({
    pool: database.pool,
    db: database.db,
    keys,
    engine,
    settler,
    log: pino({ level: 'debug' }, sink),
    now: options.now,
    options,
  });
  await app.ready();
  return {
    app,
    database,
    engine,
    keys,
    shop,
    other,
    log: () => lines.join(''),
    received: async () => {
      const result = await database.pool.query<{ batch_id: number; body: Buffer }>(
        'delete from intake returning batch_id, body',
      );
      return result.rows
        .sort((a, b) => a.batch_id - b.batch_id)
        .flatMap((row) =>
          decodeBatch(row.body).map((one, i) => ({
            ...one,
            seq: seqOf(row.batch_id, i),
            text: Buffer.from(one.raw).toString(),
          })),
        );
    },
    close: async () => {
      await app.close();
      await settler.stop();
      if (options.engine === undefined) await engine.stop();
      await pool.end();
      await database.close();
    },
  };
}

async function makeShop(database: TestDatabase, keys: Keys, name: string): Promise<TestShop> {
  const made = await createShop(database.pool, keys, { name });
  const basic = basicOf(made.publicKey, made.privateKey);
  return { ...made, basic };
}

export function basicOf(publicKey: string, privateKey: string): string {
  return `Basic ${Buffer.from(`${publicKey}:${privateKey}`).toString('base64')}`;
}
