/**
 * Who was erased, in a file beside the database: a backup from before an erasure brings the person back, and this takes them out again.
 * It holds our numbers and keyed hashes, no name and no address.
 */
import { mkdir, open, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ClientBase, Pool } from 'pg';
import { StartFault } from './start-fault.ts';

/** Name of the job that appends. */
export const erasureLogJobName = 'erasure-log';

export interface LoggedErasure {
  readonly shop: number;
  readonly profile: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Keyed hashes the person does not come back under, hexadecimal. */
  readonly keys: readonly string[];
}

const slice = 500;

/** Appends what the file does not have yet, flushed before it counts as logged; answers how many. A crash in between logs some twice. */
export async function logErasures(pool: Pool, path: string): Promise<number> {
  const { rows } = await pool.query<{ id: number; shop: number; profile: number; at: Date; keys: string[] }>(
    `select e.id, e.shop_id as shop, e.profile_id as profile, e.erased_at as at,
       array(select encode(k.key_hash, 'hex') from erased_key k where k.shop_id = e.shop_id and k.erased_at = e.erased_at) as keys
     from erasure e where e.logged_at is null order by e.id limit $1`,
    [slice],
  );
  if (rows.length === 0) return 0;
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'a', 0o600);
  try {
    const lines = rows.map(({ shop, profile, at, keys }) =>
      JSON.stringify({ shop, profile, at: at.toISOString(), keys }),
    );
    await file.writeFile(`${lines.join('\n')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await pool.query(
    `update erasure e set logged_at = now() from unnest($1::int4[], $2::int8[]) k(shop, id)
     where e.shop_id = k.shop and e.id = k.id`,
    [rows.map(({ shop }) => shop), rows.map(({ id }) => id)],
  );
  return rows.length;
}

/** Everything in the file; none when there is none. A last line that a crash cut short is left out. */
export async function readErasures(path: string): Promise<LoggedErasure[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line, place) => {
      const erasure = readLine(line);
      if (erasure === null)
        throw new StartFault(`Line ${place + 1} of ${path} is no erasure: put the whole file back.`);
      return erasure;
    });
}

/** What nobody comes back under, known again after a restore. */
export async function restoreErasedKeys(client: ClientBase, erasures: readonly LoggedErasure[]): Promise<void> {
  const keys = erasures.flatMap(({ shop, at, keys: hashes }) => hashes.map((hash) => [shop, hash, at] as const));
  await client.query(
    `insert into erased_key (shop_id, key_hash, erased_at)
     select shop, decode(hash, 'hex'), max(at) from unnest($1::int4[], $2::text[], $3::timestamptz[]) k(shop, hash, at)
     where exists (select from shop where id = shop) group by 1, 2
     on conflict (shop_id, key_hash) do update set erased_at = greatest(erased_key.erased_at, excluded.erased_at)`,
    [keys.map(([shop]) => shop), keys.map(([, hash]) => hash), keys.map(([, , at]) => at)],
  );
}

function readLine(line: string): LoggedErasure | null {
  try {
    const { shop, profile, at, keys } = JSON.parse(line);
    const sound =
      Number.isSafeInteger(shop) &&
      Number.isSafeInteger(profile) &&
      !Number.isNaN(Date.parse(at)) &&
      Array.isArray(keys) &&
      keys.every((key) => typeof key === 'string' && /^[0-9a-f]{2,128}$/.test(key));
    return sound ? { shop, profile, at, keys } : null;
  } catch {
    return null;
  }
}
