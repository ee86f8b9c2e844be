/** Counts of a day for the overview's charts: what a batch changed, added to what the day had. */
import type { ClientBase } from 'pg';
import type { ShopId } from '#domain/ids.ts';
import type { Order } from '#domain/order.ts';
import { sourceName } from '#domain/source.ts';
import { dayOf } from '#domain/time.ts';
import type { HistoryRow } from '#domain/world-rows.ts';
import { standsForItself } from './basis-counts.ts';
import type { DecidedItem } from './items.ts';
import { insertStatement, type Row, send } from './set-write.ts';
import type { DecidedShop } from './write.ts';

/**
 * What is counted, and under which key: `order` by currency and `validated` or `open`, with net amounts · `profile`: new ones ·
 * `basis` by basis and the status it moved to, merged profiles once · `uplift` what calls of the shop accepted, or asked to confirm, by
 * kind of source · `received` by kind of source · `refused` by outcome.
 */
type What = 'order' | 'profile' | 'basis' | 'uplift' | 'received' | 'refused';

const counts = insertStatement(
  'day_count',
  [
    { name: 'shop_id', type: 'int4' },
    { name: 'day', type: 'text', cast: 'date' },
    { name: 'what', type: 'text' },
    { name: 'key', type: 'text' },
    { name: 'n', type: 'int8' },
    { name: 'minor', type: 'int8' },
  ],
  '(shop_id, day, what, key) do update set n = day_count.n + excluded.n, minor = day_count.minor + excluded.minor',
);

/** Sums of one batch, written as one statement. */
export class DayCounts {
  readonly #sums = new Map<string, { row: [ShopId, string, What, string]; n: number; minor: number }>();

  add(shop: ShopId, day: string, what: What, key: string, n = 1, minor = 0): void {
    const place = `${shop} ${day} ${what} ${key}`;
    const known = this.#sums.get(place);
    if (known === undefined) this.#sums.set(place, { row: [shop, day, what, key], n, minor });
    else {
      known.n += n;
      known.minor += minor;
    }
  }

  /** An order leaves the count it stood in, if any, and joins the one it stands in now. */
  addOrder(shop: ShopId, before: Order | undefined, after: Order): void {
    if (before !== undefined) this.add(shop, before.day, 'order', orderKey(before), -1, -before.netMinor);
    this.add(shop, after.day, 'order', orderKey(after), 1, after.netMinor);
  }

  /** An order, or a profile, is as if it had never come. */
  removeOrder(shop: ShopId, order: Order): void {
    this.add(shop, order.day, 'order', orderKey(order), -1, -order.netMinor);
  }

  removeProfile(shop: ShopId, day: string): void {
    this.add(shop, day, 'profile', '', -1);
  }

  send(client: ClientBase): Promise<unknown>[] {
    const rows: Row[] = [];
    for (const { row, n, minor } of this.#sums.values()) if (n !== 0 || minor !== 0) rows.push([...row, n, minor]);
    return send(client, counts, rows);
  }
}

/** What the shops' worlds changed. */
export function countWorlds(shops: readonly DecidedShop[]): DayCounts {
  const counted = new DayCounts();
  for (const { rows, world } of shops) {
    const { shopId } = rows;
    const { zone } = world.settings;
    for (const id of world.changes.orders) {
      const after = world.orders.get(id);
      if (after !== undefined) counted.addOrder(shopId, rows.orders.get(id), after);
    }
    for (const id of world.changes.newProfiles) {
      const profile = world.profiles.get(id);
      if (profile !== undefined) counted.add(shopId, dayOf(profile.createdAt, zone), 'profile', '');
    }
    for (const row of world.changes.history.filter(({ profileId }) => standsForItself(world, profileId))) {
      const day = dayOf(row.arrivedAt, zone);
      counted.add(shopId, day, 'basis', `${row.basisId} ${row.to}`);
      if (isUplift(row)) counted.add(shopId, day, 'uplift', kindOf(row.source));
    }
  }
  return counted;
}

/** What came in for the first time, by where from, and what of it could not be used. Tests of a shop do not count. */
export function countItems(counted: DayCounts, items: readonly DecidedItem[], shops: readonly DecidedShop[]): void {
  const zones = new Map(shops.map(({ rows, world }) => [rows.shopId, world.settings.zone]));
  for (const { item, outcome, repeated } of items) {
    const { shopId, arrivedAt, source, test } = item.envelope;
    const zone = zones.get(shopId);
    // a line handed on again after a kill came once: nobody sent it twice
    if (zone === undefined || test || (repeated && source.kind === 'import')) continue;
    const day = dayOf(arrivedAt, zone);
    counted.add(shopId, day, 'received', kindOf(sourceName(source)));
    const word = outcome?.word ?? item.decoded.word;
    if (word === 'ignored' || word === 'rejected' || word === 'unreadable') counted.add(shopId, day, 'refused', word);
  }
}

/** Rules §5: an order, an account or an opt-in of the shop moved it, not a person's page, staff or an import. */
function isUplift({ to, cause }: HistoryRow): boolean {
  return (to === 'accepted' || to === 'to confirm') && (cause === 'auto' || cause === 'act' || cause === 'record edge');
}

/** `store:woo`: `store`. */
function kindOf(source: string): string {
  return source.split(':')[0] ?? '';
}

function orderKey({ currency, validated }: Order): string {
  return `${currency} ${validated ? 'validated' : 'open'}`;
}
