/** Calls that named an `Idempotency-Key`, with what they were answered, for a day. */
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';

export interface IdempotentCall {
  readonly shopId: ShopId;
  /** Hashes: neither key nor body is kept. */
  readonly key: Buffer;
  readonly body: Buffer;
}

export type OpenedCall =
  | { readonly word: 'new' | 'open' | 'other' }
  | { readonly word: 'answered'; readonly answer: string };

/** A call that was never answered belongs to a process that died. */
const abandonedMs = 60_000;
const keptMs = 86_400_000;

/** Takes the key for this call, or says what stands under it. */
export async function openCall(pool: Pool, { shopId, key, body }: IdempotentCall, now: Instant): Promise<OpenedCall> {
  const { rowCount } = await pool.query(
    `insert into idempotent_call as c (shop_id, key, body, since) values ($1, $2, $3, to_timestamp($4::float8 / 1000))
     on conflict (shop_id, key) do update set body = excluded.body, since = excluded.since, answer = null
       where c.since < to_timestamp($5::float8 / 1000) or (c.answer is null and c.since < to_timestamp($6::float8 / 1000))`,
    [shopId, key, body, now, now - keptMs, now - abandonedMs],
  );
  if (rowCount === 1) return { word: 'new' };
  const { rows } = await pool.query<{ same: boolean; answer: string | null }>(
    'select body = $3 as same, answer from idempotent_call where shop_id = $1 and key = $2',
    [shopId, key, body],
  );
  const [row] = rows;
  if (row === undefined) return { word: 'open' };
  if (!row.same) return { word: 'other' };
  return row.answer === null ? { word: 'open' } : { word: 'answered', answer: row.answer };
}

export async function keepAnswer(pool: Pool, { shopId, key }: IdempotentCall, answer: string): Promise<void> {
  await pool.query('update idempotent_call set answer = $3 where shop_id = $1 and key = $2', [shopId, key, answer]);
}

/** It came to nothing: the next one with the key is the first. */
export async function forgetCall(pool: Pool, { shopId, key }: IdempotentCall): Promise<void> {
  await pool.query('delete from idempotent_call where shop_id = $1 and key = $2', [shopId, key]);
}
