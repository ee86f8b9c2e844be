/** A database of its own for a test file: a clone of the migrated template. */
import type { Kysely } from 'kysely';
import pg from 'pg';
import { inject } from 'vitest';
import { openDb, openPool, withRole } from './db.ts';
import type { Database } from './tables.ts';

export interface TestDatabase {
  /** As the application's role. */
  readonly url: string;
  /** As the owner: for migrations and for what tests break on purpose. */
  readonly ownerUrl: string;
  readonly pool: pg.Pool;
  readonly db: Kysely<Database>;
  close(): Promise<void>;
}

let made = 0;

/** Call in beforeAll (or beforeEach), and `close` in the matching after. */
export async function testDatabase(): Promise<TestDatabase> {
  const { ownerUrl, drop } = await makeDatabase(inject('database').template);
  const url = withRole(ownerUrl, inject('database').role);
  const pool = openPool(url, { max: 8 });
  const db = openDb(pool);
  return {
    url,
    ownerUrl,
    pool,
    db,
    async close() {
      await db.destroy();
      await drop();
    },
  };
}

/** A database without a single table. */
export async function emptyDatabase(): Promise<{ ownerUrl: string; drop(): Promise<void> }> {
  return makeDatabase('template1');
}

async function makeDatabase(template: string): Promise<{ ownerUrl: string; drop(): Promise<void> }> {
  const server = inject('database');
  made += 1;
  const name = `${server.template}_${process.pid}_${made}_${Math.random().toString(36).slice(2, 6)}`;
  await ask(server.url, `create database ${name} template ${template}`);
  const whole = new URL(server.url);
  whole.pathname = `/${name}`;
  return { ownerUrl: whole.href, drop: () => ask(server.url, `drop database ${name} with (force)`) };
}

async function ask(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
