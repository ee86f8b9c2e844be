/** Pages of the v2 lists against the same lists made by hand. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ShopId, shopId } from '#domain/ids.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { listV2Customers } from './v2-customers.ts';
import type { V2Moment, V2Place } from './v2-filter.ts';
import { listV2Orders } from './v2-orders.ts';

const shop: ShopId = shopId(1);
const zone = 'Europe/Paris';
const start = Date.UTC(2026, 0, 1);
const hourMs = 3_600_000;
/** Moments in half hours: rows of one hour, of one moment, and hours without any. */
const span = 24 * 12 * 2;

interface Made {
  readonly id: number;
  readonly created: number;
  readonly updated: number;
  readonly placed: number;
}

let base: TestDatabase;
const made: Made[] = Array.from({ length: 300 }, (_, n) => ({
  id: n + 1,
  created: start + ((n * 7919) % span) * (hourMs / 2),
  updated: start + (((n * 104_729) % span) + 24) * (hourMs / 2),
  placed: start + (((n * 1_299_709) % span) - 48) * (hourMs / 2),
}));

beforeAll(async () => {
  base = await testDatabase();
  const columns = (['id', 'created', 'updated', 'placed'] as const).map((name) => made.map((row) => row[name]));
  await base.pool.query(
    `insert into profile (shop_id, id, created_at, updated_at, last_seen, subject_key, merged_into)
     select 1, id, to_timestamp(c / 1000), to_timestamp(u / 1000), to_timestamp(u / 1000), gen_random_uuid(), case when id % 10 = 0 then 1 end
     from unnest($1::int8[], $2::float8[], $3::float8[], $4::float8[]) r(id, c, u, p)`,
    columns,
  );
  await base.pool.query(
    `insert into orders (shop_id, id, namespace, key, created_at, updated_at, placed_at, day, currency, legacy_state, validated, stated)
     select 1, id, 'default', 'B' || id, to_timestamp(c / 1000), to_timestamp(u / 1000), to_timestamp(p / 1000),
       (to_timestamp(p / 1000) at time zone $5)::date, 'EUR', 10, false, '{}'
     from unnest($1::int8[], $2::float8[], $3::float8[], $4::float8[]) r(id, c, u, p)`,
    [...columns, zone],
  );
});
afterAll(() => base.close());

/** Half hours since `start`; null: not asked. */
type Asked = Readonly<Record<'createdAfter' | 'createdBefore' | 'modifiedAfter' | 'modifiedBefore', number | null>>;

const moment = fc.option(fc.integer({ min: -100, max: span + 100 }), { nil: null });
const filter = fc.record({
  createdAfter: moment,
  createdBefore: moment,
  modifiedAfter: moment,
  modifiedBefore: moment,
});
const page = fc.record({ startAt: fc.integer({ min: 0, max: 40 }), maxResults: fc.integer({ min: 1, max: 60 }) });
const toMoment = (n: number | null): V2Moment | null => (n === null ? null : { at: new Date(at(n)) });

function at(n: number): number {
  return start + n * (hourMs / 2);
}

/** The rows of a filter in the order of their arrival; `created` says what "created" is to who reads. */
function byHand(asked: Asked, created: 'created' | 'placed'): Made[] {
  const within = (value: number, after: number | null, before: number | null): boolean =>
    (after === null || value >= at(after)) && (before === null || value < at(before));
  return made
    .filter(
      (row) =>
        within(row[created], asked.createdAfter, asked.createdBefore) &&
        within(row.updated, asked.modifiedAfter, asked.modifiedBefore),
    )
    .sort((a, b) => a.created - b.created || a.id - b.id);
}

const moments = (asked: Asked) => ({
  createdAfter: toMoment(asked.createdAfter),
  createdBefore: toMoment(asked.createdBefore),
  modifiedAfter: toMoment(asked.modifiedAfter),
  modifiedBefore: toMoment(asked.modifiedBefore),
});

test('a page of orders holds what every order says, whatever the filter, by offset and by place', async () => {
  await fc.assert(
    fc.asyncProperty(filter, page, async (asked, { startAt, maxResults }) => {
      const wanted = byHand(asked, 'placed').map(({ id }) => id);
      const list = async (place: V2Place | null) =>
        (
          await listV2Orders(
            base.db,
            shop,
            zone,
            { ...moments(asked), customerId: null },
            { startAt, maxResults, after: place },
          )
        ).map(({ id }) => id);
      expect(await list(null)).toEqual(wanted.slice(startAt, startAt + maxResults));
      const last = made.find(({ id }) => id === wanted[startAt]);
      if (last === undefined) return;
      const after = { createdAt: new Date(last.created), id: last.id };
      expect(await list(after)).toEqual(wanted.slice(startAt + 1, startAt + 1 + maxResults));
    }),
    { numRuns: 60 },
  );
});

test('a page of customers leaves merged ones out', async () => {
  await fc.assert(
    fc.asyncProperty(filter, page, async (asked, { startAt, maxResults }) => {
      const wanted = byHand(asked, 'created').flatMap(({ id }) => (id % 10 === 0 ? [] : [id]));
      const filters = { ...moments(asked), email: null, externalId: null, namespaces: ['default'] };
      const rows = await listV2Customers(base.db, shop, zone, filters, { startAt, maxResults, after: null });
      expect(rows.map(({ id }) => id)).toEqual(wanted.slice(startAt, startAt + maxResults));
    }),
    { numRuns: 40 },
  );
});
