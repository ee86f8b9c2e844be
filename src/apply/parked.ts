/** Items that failed through our fault: kept with their bytes, tried again later and by each new start. */
import type { ClientBase } from 'pg';
import type { Seq } from '#domain/ids.ts';
import { decodeEnvelope, type Envelope, encodeEnvelope } from '#intake/envelope.ts';
import { type ApplyTools, decideItems, readItem, writeDecided } from './items.ts';
import { writeFailure, writeJournal } from './journal.ts';

/** Tries one item by itself inside the transaction; what fails is parked and harms nothing else. True: it was applied. */
export async function applyAlone(
  client: ClientBase,
  seq: Seq,
  envelope: Envelope,
  shard: number,
  tools: ApplyTools,
): Promise<boolean> {
  await client.query('savepoint item');
  try {
    const batch = await decideItems(client, [readItem(seq, envelope)], tools);
    await Promise.all([...writeDecided(client, batch, tools), ...writeJournal(client, batch.items)]);
    await client.query('release savepoint item');
    return true;
  } catch (error) {
    await client.query('rollback to savepoint item');
    await park(client, seq, envelope, shard, error);
    await Promise.all(writeFailure(client, seq, envelope));
    return false;
  }
}

/** Tries what is due again, at most a hundred; answers how many were applied at last. */
export async function retryParked(client: ClientBase, shards: readonly number[], tools: ApplyTools): Promise<number> {
  const { rows } = await client.query({
    name: 'due parked',
    text: `select shop_id, seq::text as seq, shard, envelope from parked
      where shard = any ($1::int2[]) and next_try_at <= now() order by seq limit 100`,
    values: [shards],
  });
  let applied = 0;
  for (const row of rows) {
    const seq = BigInt(row.seq) as Seq;
    if (!(await applyAlone(client, seq, decodeEnvelope(row.envelope), row.shard, tools))) continue;
    await client.query({
      name: 'unpark',
      text: 'delete from parked where shop_id = $1 and seq = $2',
      values: [row.shop_id, row.seq],
    });
    applied += 1;
  }
  return applied;
}

/** Everything parked is due: a new release may know better. */
export async function hastenParked(client: ClientBase): Promise<void> {
  await client.query(`update parked set next_try_at = now() where next_try_at > now()`);
}

/** The message of an error may quote a person's data: only its kind and place are kept. */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  const place = /at [^\n]*src\/([^\n):]+:\d+)/.exec(error.stack ?? '')?.[1];
  return `${error.name}${code}${place === undefined ? '' : ` at ${place}`}`;
}

async function park(client: ClientBase, seq: Seq, envelope: Envelope, shard: number, error: unknown): Promise<void> {
  await client.query({
    name: 'park',
    text: `insert into parked (shop_id, seq, shard, received_at, envelope, error, attempts, next_try_at)
      values ($1, $2, $3, to_timestamp($4::float8 / 1000), $5, $6, 1, now() + interval '1 minute')
      on conflict (shop_id, seq) do update set error = excluded.error, attempts = parked.attempts + 1,
        next_try_at = now() + least(interval '1 day', interval '1 minute' * power(2, parked.attempts))`,
    values: [
      envelope.shopId,
      seq.toString(),
      shard,
      envelope.arrivedAt,
      encodeEnvelope(envelope),
      describeFault(error),
    ],
  });
}
