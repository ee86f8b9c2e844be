/** Items that failed through our fault: kept with their bytes, tried again later and by each new start. */
import type { ClientBase } from 'pg';
import { type Seq, shopId } from '#domain/ids.ts';
import { batchTime, seqOf } from '#intake/batch-id.ts';
import type { Claimed } from '#intake/engine.ts';
import { decodeBatch, decodeEnvelope, type Envelope, encodeEnvelope } from '#intake/envelope.ts';
import { isLost } from '#store/db.ts';
import { type ApplyTools, type DecidedItem, decideItems, readItem } from './items.ts';
import { writeFailure } from './journal.ts';
import { milliseconds } from './profile-rows.ts';
import { uncount } from './traces.ts';
import { writeBatch } from './write-batch.ts';

/** A received item, and where it stands. */
export interface Placed {
  readonly seq: Seq;
  readonly envelope: Envelope;
  readonly shard: number;
}

/** A whole micro-batch is parked under no shop: whose items it holds could not be read. */
const noShop = shopId(0);

/** Tries one item by itself inside the transaction; what fails is parked and harms nothing else. Null: it was parked. */
export async function applyAlone(
  client: ClientBase,
  item: Placed,
  tools: ApplyTools,
  came: 'first' | 'again' = 'first',
): Promise<DecidedItem | null> {
  const decided = await attempt(client, [item], tools, came);
  if (Array.isArray(decided)) return decided[0] ?? null;
  await park(client, item.envelope.shopId, item, item.envelope.arrivedAt, encodeEnvelope(item.envelope), decided.error);
  await Promise.all(writeFailure(client, item.seq, item.envelope));
  return null;
}

/** Decides items of one shop again under the journal rows they have, together where that goes, else each alone. */
export async function applyAgain(
  client: ClientBase,
  items: readonly Placed[],
  tools: ApplyTools,
): Promise<readonly (DecidedItem | null)[]> {
  const together = await attempt(client, items, tools, 'again');
  if (Array.isArray(together)) return together;
  const alone: (DecidedItem | null)[] = [];
  for (const item of items) alone.push(await applyAlone(client, item, tools, 'again'));
  return alone;
}

/** Tries what is due again, at most a hundred; answers how many were applied at last. */
export async function retryParked(client: ClientBase, shards: readonly number[], tools: ApplyTools): Promise<number> {
  const { rows } = await client.query({
    name: 'due parked',
    text: `select shop_id, seq::text as seq, shard, ${milliseconds('p')('received_at')}, envelope
      from parked p where shard = any ($1::int2[]) and next_try_at <= now() order by seq limit 100`,
    values: [shards],
  });
  let applied = 0;
  for (const row of rows) {
    const seq = BigInt(row.seq) as Seq;
    const items = readParked(row.shop_id, seq, row.shard, row.envelope);
    if (!Array.isArray(items)) {
      await park(client, row.shop_id, { seq, shard: row.shard }, row.received_at, row.envelope, items.error);
      continue;
    }
    let parkedAgain = false;
    for (const item of items) {
      if ((await applyAlone(client, item, tools)) !== null) applied += 1;
      else if (item.envelope.shopId === row.shop_id && item.seq === seq) parkedAgain = true;
    }
    if (parkedAgain) continue;
    await client.query({
      name: 'unpark',
      text: 'delete from parked where shop_id = $1 and seq = $2',
      values: [row.shop_id, row.seq],
    });
  }
  return applied;
}

/** Sets a micro-batch aside whose bytes this release cannot read as one. */
export async function parkBatch(client: ClientBase, { shard, batchId, body }: Claimed, error: unknown): Promise<void> {
  await park(client, noShop, { seq: seqOf(batchId, 0), shard }, batchTime(batchId), body, error);
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

interface Failed {
  readonly error: unknown;
}

/** All of the items or none. A lost database is nobody's fault and is thrown on. */
async function attempt(
  client: ClientBase,
  items: readonly Placed[],
  tools: ApplyTools,
  came: 'first' | 'again',
): Promise<DecidedItem[] | Failed> {
  await client.query('savepoint item');
  try {
    if (came === 'again') await uncount(client, items);
    const batch = await decideItems(
      client,
      items.map(({ seq, envelope }) => readItem(seq, envelope)),
      tools,
    );
    await writeBatch(client, batch, tools, came);
    await client.query('release savepoint item');
    return [...batch.items];
  } catch (error) {
    if (isLost(error)) throw error;
    await client.query('rollback to savepoint item');
    return { error };
  }
}

function readParked(shop: number, seq: Seq, shard: number, bytes: Buffer): Placed[] | Failed {
  try {
    if (shop !== noShop) return [{ seq, envelope: decodeEnvelope(bytes), shard }];
    return decodeBatch(bytes).map((envelope, place) => ({ seq: (seq + BigInt(place)) as Seq, envelope, shard }));
  } catch (error) {
    return { error };
  }
}

async function park(
  client: ClientBase,
  shop: number,
  { seq, shard }: Pick<Placed, 'seq' | 'shard'>,
  receivedAt: number,
  bytes: Buffer,
  error: unknown,
): Promise<void> {
  await client.query({
    name: 'park',
    text: `insert into parked (shop_id, seq, shard, received_at, envelope, error, attempts, next_try_at)
      values ($1, $2, $3, to_timestamp($4::float8 / 1000), $5, $6, 1, now() + interval '1 minute')
      on conflict (shop_id, seq) do update set error = excluded.error, attempts = parked.attempts + 1,
        next_try_at = now() + least(interval '1 day', interval '1 minute' * power(2, least(parked.attempts, 12)))`,
    values: [shop, seq.toString(), shard, receivedAt, bytes, describeFault(error)],
  });
}
