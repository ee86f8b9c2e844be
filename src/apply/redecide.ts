/** A change of when orders count re-decides every order of the shop, in slices, and moves no basis (rules §3.5). */
import type { ClientBase } from 'pg';
import { type ShopId, shopId } from '#domain/ids.ts';
import { deriveOrder } from '#domain/order.ts';
import { type ShopSettings, settingsOf } from '#domain/settings.ts';
import { appliedChannel } from '#intake/settle.ts';
import { DayCounts } from './day-counts.ts';
import { fromOrderRow, orderRow, orderSelect, updateOrders } from './order-rows.ts';
import { send } from './set-write.ts';
import { inTransaction, lockShard } from './transaction.ts';

const slice = 1000;

/** Settings that an order is derived from. */
export function derivesOrders(before: ShopSettings, after: ShopSettings): boolean {
  return before.validation !== after.validation || before.zone !== after.zone || before.currency !== after.currency;
}

/** Notes, in the transaction that changes the settings, that the shop's orders are to be looked at from the first on. */
export async function askRedecide(client: ClientBase, shop: ShopId): Promise<void> {
  await client.query({
    name: 'ask redecide',
    text: `insert into redecide (shop_id, after_id, total, done) select $1, 0, count(*), 0 from orders where shop_id = $1
      on conflict (shop_id) do update set after_id = 0, total = excluded.total, done = 0, started_at = now(), paused = false`,
    values: [shop],
  });
}

export async function shopsToRedecide(client: ClientBase, shards: readonly number[], count: number): Promise<ShopId[]> {
  const { rows } = await client.query(
    'select shop_id from redecide where not paused and shop_id % $2::int = any ($1::int4[])',
    [shards, count],
  );
  return rows.map((row) => shopId(row.shop_id));
}

/** Looks at the shop's next slice of orders; false when there was none left. */
export async function redecideSlice(client: ClientBase, shop: ShopId, shard: number): Promise<boolean> {
  return inTransaction(client, async () => {
    await lockShard(client, shard);
    const asked = await client.query('select after_id from redecide where shop_id = $1 and not paused', [shop]);
    if (asked.rows.length === 0) return false;
    const known = await client.query(
      'select version, body from shop_settings where shop_id = $1 order by version desc limit 1',
      [shop],
    );
    const settings = settingsOf(known.rows[0].body, known.rows[0].version);
    const { rows } = await client.query({
      name: 'orders to redecide',
      text: `select ${orderSelect} from orders o where o.shop_id = $1 and o.id > $2 order by o.id limit ${slice}`,
      values: [shop, asked.rows[0].after_id],
    });
    const orders = rows.map(fromOrderRow);
    const changed = orders
      .map((order) => ({ order, after: deriveOrder(order, settings) }))
      .filter(({ order, after }) => JSON.stringify(order) !== JSON.stringify(after));
    const counted = new DayCounts();
    for (const { order, after } of changed) counted.addOrder(shop, order, after);
    await Promise.all([
      ...send(
        client,
        updateOrders,
        changed.map(({ after }) => orderRow(shop, after)),
      ),
      ...counted.send(client),
    ]);
    const last = orders.at(-1);
    if (last === undefined) await client.query('delete from redecide where shop_id = $1', [shop]);
    else
      await client.query('update redecide set after_id = $2, done = done + $3 where shop_id = $1', [
        shop,
        last.id,
        orders.length,
      ]);
    await client.query('select pg_notify($1, $2)', [appliedChannel, JSON.stringify({ shop: [shop] })]);
    return last !== undefined;
  });
}
