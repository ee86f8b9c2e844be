/** Brings the database to this release: numbered SQL files, each in one transaction, forward only. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { StartFault } from './start-fault.ts';

export interface Migrated {
  /** Role of the application's connections; null when it is the owner's own. */
  readonly role: string | null;
  readonly applied: readonly string[];
}

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

const folder = join(import.meta.dirname, 'migrations');
const migrateLock = 7_702_116;

/**
 * Runs what the database at `url` (its owner's) lacks; several processes may do so at once.
 * `upTo`: no migration after this number, for rows of an older release. Refuses a database of a newer release, a server older than 15 and one it cannot reach: a StartFault.
 */
export async function migrate(
  url: string,
  note: (line: string) => void = () => undefined,
  upTo = Number.POSITIVE_INFINITY,
): Promise<Migrated> {
  const known = await readMigrations();
  if (upTo < Number.POSITIVE_INFINITY && upTo > (known.at(-1)?.number ?? 0))
    throw new StartFault(`This is of a newer release (migration ${upTo}): use that release.`);
  const client = await connect(url);
  try {
    await client.query(`select pg_advisory_lock(${migrateLock})`);
    await client.query(
      `create table if not exists migration (
        number int primary key, name text not null, app_role text, applied_at timestamptz not null default now())`,
    );
    const done = await client.query<{ number: number; app_role: string | null }>(
      'select number, app_role from migration order by number',
    );
    const newest = done.rows.at(-1);
    if (newest !== undefined && newest.number > (known.at(-1)?.number ?? 0)) {
      throw new StartFault(
        `The database belongs to a newer release (migration ${newest.number}; this one knows ${known.at(-1)?.number}): start that release, or restore a backup from before it.`,
      );
    }
    const role = newest === undefined ? await makeRole(client, note) : newest.app_role;
    const seen = new Set(done.rows.map((row) => row.number));
    const missing = known.filter(({ number }) => !seen.has(number) && number <= upTo);
    for (const migration of missing) await runOne(client, migration, role);
    return { role, applied: missing.map((migration) => migration.name) };
  } finally {
    await client.end();
  }
}

export async function readMigrations(): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{3}-.+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => ({
      number: Number(name.slice(0, 3)),
      name: name.replace(/\.sql$/, ''),
      sql: await readFile(join(folder, name), 'utf8'),
    })),
  );
}

async function runOne(client: pg.Client, migration: Migration, role: string | null): Promise<void> {
  const grantee = role === null ? 'current_user' : client.escapeIdentifier(role);
  try {
    await client.query('begin');
    await client.query(migration.sql.replaceAll(':APP_ROLE', grantee));
    await client.query('insert into migration (number, name, app_role) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      role,
    ]);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    const why = error instanceof Error ? error.message : String(error);
    throw new StartFault(
      `Migration ${migration.name} failed (${why}) and changed nothing: mend the cause and start again.`,
      { cause: error },
    );
  }
}

/**
 * The application's role has no login and lacks the right to change history. A server whose role may not make another
 * (a hosted one, often) has one role for both.
 */
async function makeRole(client: pg.Client, note: (line: string) => void): Promise<string | null> {
  const { rows } = await client.query<{ name: string }>('select current_database() as name');
  const role = `${rows[0]?.name ?? 'spread'}_app`;
  const quoted = client.escapeIdentifier(role);
  try {
    const found = await client.query('select from pg_roles where rolname = $1', [role]);
    if (found.rowCount === 0) await client.query(`create role ${quoted} nologin`);
    await client.query(`grant ${quoted} to current_user`);
    await client.query(`set role ${quoted}`);
    await client.query('reset role');
    return role;
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || (error.code !== '42501' && error.code !== '0LP01')) throw error;
    note(`The database's user may not make a role; history tables are protected by its own rights only`);
    return null;
  }
}

/** Host and name of a database, without who signs in there. */
export function placeOf(url: string): string {
  const { host = '', pathname = '' } = URL.parse(url) ?? {};
  return host + pathname || 'the address in DATABASE_URL';
}

async function connect(url: string): Promise<pg.Client> {
  const place = placeOf(url);
  try {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'spread-tracker migrate',
      connectionTimeoutMillis: 15_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      `select current_setting('server_version_num')::int as version`,
    );
    const version = Math.floor((rows[0]?.version ?? 0) / 10_000);
    if (version < 15) {
      await client.end();
      throw new StartFault(
        `The PostgreSQL at ${place} is version ${version}; set DATABASE_URL to one of version 15 or newer.`,
      );
    }
    return client;
  } catch (error) {
    if (error instanceof StartFault) throw error;
    throw new StartFault(`The database at ${place} cannot be used (${describeFault(error)}); check DATABASE_URL.`, {
      cause: error,
    });
  }
}

/** Its first line, for a sentence that an operator reads. */
export function describeFault(error: unknown): string {
  if (error instanceof AggregateError) return describeFault(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  return error.message.split('\n')[0] ?? error.name;
}
