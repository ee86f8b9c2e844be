import { type Kysely, sql } from 'kysely';
import type { Overview } from '#contract/overview.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { dayMs, dayOf } from '#domain/time.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

/** Counts of the last `days` days, today included (primary key of day_count); null: no such shop. */
export async function findOverview(
  db: Kysely<Database>,
  shop: ShopId,
  days: number,
  now: Instant,
): Promise<Overview | null> {
  const found = await findShopSettings(db, shop);
  if (found === null) return null;
  const { zone, bases } = found.settings;
  const to = dayOf(now, zone);
  const from = new Date(Date.parse(`${to}T00:00:00Z`) - (days - 1) * dayMs).toISOString().slice(0, 10);
  const rows = await db
    .selectFrom('day_count')
    .select([sql<string>`day::text`.as('day'), 'what', 'key', 'n', 'minor'])
    .where('shop_id', '=', shop)
    .where('day', '>=', from)
    .where('day', '<=', to)
    .where('n', '>', 0)
    .orderBy('day')
    .orderBy('what')
    .orderBy('key')
    .limit(20_000)
    .execute();
  const of = <Row>(what: string, row: (day: string, key: string, n: number, minor: number) => Row): Row[] =>
    rows.filter((one) => one.what === what).map(({ day, key, n, minor }) => row(day, key, n, minor));
  const nameOf = (id: number): string => bases.find((basis) => basis.id === id)?.name ?? String(id);
  return {
    zone,
    from,
    to,
    orders: of('order', (day, key, n, netMinor) => {
      const [currency = '', word] = key.split(' ');
      return { day, currency, validated: word === 'validated', n, netMinor };
    }),
    profiles: of('profile', (day, _key, n) => ({ day, n })),
    received: of('received', (day, source, n) => ({ day, source, n })),
    uplift: of('uplift', (day, source, n) => ({ day, source, n })),
    refused: of('refused', (day, outcome, n) => ({ day, outcome, n })),
    bases: of('basis', (day, key, n) => {
      // a status may hold a space
      const space = key.indexOf(' ');
      const basis = Number(key.slice(0, space));
      return { day, basis, name: nameOf(basis), status: key.slice(space + 1), n };
    }),
  };
}
