import type { ClientBase } from 'pg';

/** Runs `work` in one transaction, and makes sure that what the server answered to COMMIT was COMMIT. */
export async function inTransaction<Result>(client: ClientBase, work: () => Promise<Result>): Promise<Result> {
  await client.query('begin');
  try {
    const result = await work();
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error(`the server answered ${command} to a commit`);
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/** First key of the locks that writers of business tables hold in their transaction; the second is the shard. */
const shardLock = 7_702_118;

/** The shards nobody else is applying: locked for this transaction. */
export async function tryLockShards(client: ClientBase, shards: readonly number[]): Promise<number[]> {
  const { rows } = await client.query({
    name: 'lock shards',
    text: 'select s.shard from unnest($1::int4[]) s(shard) where pg_try_advisory_xact_lock($2, s.shard)',
    values: [shards, shardLock],
  });
  return rows.map(({ shard }) => shard);
}

/** Waits for one shard. */
export async function lockShard(client: ClientBase, shard: number): Promise<void> {
  await client.query({ name: 'lock shard', text: 'select pg_advisory_xact_lock($1, $2)', values: [shardLock, shard] });
}
