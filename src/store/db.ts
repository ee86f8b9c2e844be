/** Connections to the database, with the values of SQL types that this project uses. */
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Database } from './tables.ts';

export interface PoolOptions {
  readonly max?: number;
  /** Shown in pg_stat_activity. */
  readonly name?: string;
  /** Longest wait for a connection, free or new; default: as long as it takes. */
  readonly connectMs?: number;
  /** Told of connections that break while idle; the pool replaces them by itself. */
  readonly onError?: (error: Error) => void;
}

const int8 = 20;
const int8Array = 1016;
const date = 1082;

/** int8 as number (bigint beyond 2^53), date as its text, timestamptz as Date; everything else as `pg` has it. */
export const sqlTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (format !== 'binary') {
      if (oid === int8) return parseInt8;
      if (oid === int8Array) return parseInt8Array;
      if (oid === date) return (text: string) => text;
    }
    return pg.types.getTypeParser(oid, format);
  },
} as pg.CustomTypesConfig;

function parseInt8(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

function parseInt8Array(text: string): (number | bigint)[] {
  return text === '{}' ? [] : text.slice(1, -1).split(',').map(parseInt8);
}

export function openPool(url: string, options: PoolOptions = {}): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    types: sqlTypes,
    max: options.max ?? 10,
    application_name: options.name ?? 'spread-tracker',
    keepAlive: true,
    connectionTimeoutMillis: options.connectMs ?? 0,
  });
  const onError = options.onError ?? (() => undefined);
  pool.on('error', onError);
  // A connection that breaks while in use fails its query; its event alone must not end the process.
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** True when the connection or the server is gone: neither a statement nor its values are to blame. */
export function isLost(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  return code === ''
    ? /connection|terminated|not queryable|timeout exceeded when trying to connect|timeout expired|query read timeout/i.test(
        error.message,
      )
    : /^(57|08|53|40|55000|E(?!RR_))/.test(code);
}

/** A single connection with the same types, for LISTEN and for the applier's pipeline; not connected yet. */
export function openClient(url: string, options: pg.ClientConfig = {}): pg.Client {
  return new pg.Client({
    application_name: 'spread-tracker',
    keepAlive: true,
    ...options,
    connectionString: url,
    types: sqlTypes,
  });
}

/** The typed query builder over `pool`, for reads; destroying it ends the pool. */
export function openDb(pool: pg.Pool): Kysely<Database> {
  return new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
}

/** `url` whose every connection acts as `role`, the application's role. */
export function withRole(url: string, role: string | null): string {
  if (role === null) return url;
  const whole = new URL(url);
  const given = whole.searchParams.get('options');
  whole.searchParams.set('options', `${given === null ? '' : `${given} `}-c role=${role}`);
  return whole.href;
}

/** Runs `work` on one connection, in one transaction. */
export async function inTransaction<Result>(
  pool: pg.Pool,
  work: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => {
      broken = lost;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}
