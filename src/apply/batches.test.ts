/** Any cut of a stream into batches gives the tables that the rules give in memory, fact by fact. */
import fc from 'fast-check';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Fact, Statement } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { type Event, EventShop, nameOf, type ShopKind, settingsOf, statementOf } from '#domain/testing/events.ts';
import { histories, partedHistories, shopKinds } from '#domain/testing/histories.ts';
import type { ShopWorld } from '#domain/world.ts';
import { openClient } from '#store/db.ts';
import { ensureJournalDays } from '#store/journal-day.ts';
import { deriveKeys } from '#store/secret.ts';
import { createShop } from '#store/shop.ts';
import { type TestDatabase, testDatabase } from '#store/test-database.ts';
import { mintToken } from '#store/token.ts';
import { applyInTurn } from './ahead.ts';
import { type ApplyTools, applyTools, decideItems, type Item, writeDecided } from './items.ts';
import { loadEverything } from './testing/load-everything.ts';
import { inTransaction } from './transaction.ts';
import { byErasures, eraseDecided } from './write-batch.ts';

const keys = deriveKeys('a key for tests, and for tests only');
let base: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  base = await testDatabase();
  client = openClient(base.url, { pipeline: true });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await base.close();
});

test('histories cut anywhere', async () => {
  const cuts = fc.array(fc.boolean(), { minLength: 14, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(shopKinds, histories, cuts, async (kind, history, cutBefore) => {
      await sameInMemory(kind, history, cutBefore);
    }),
    { numRuns: 40, seed: 7 },
  );
});

test('histories in which profiles are merged and parted, cut anywhere', async () => {
  const cuts = fc.array(fc.boolean(), { minLength: 14, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(shopKinds, partedHistories, cuts, async (kind, history, cutBefore) => {
      await sameInMemory(kind, history, cutBefore);
    }),
    { numRuns: 15, seed: 11, endOnFailure: true },
  );
});

test('histories cut anywhere, each batch loaded before the one before it is written', async () => {
  const cuts = fc.array(fc.boolean(), { minLength: 14, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(shopKinds, fc.oneof(histories, partedHistories), cuts, async (kind, history, cutBefore) => {
      await sameInMemory(kind, history, cutBefore, applyAhead);
    }),
    { numRuns: 40, seed: 13 },
  );
});

test('a refusal from before a change of address, in a later batch, reaches who holds the old address now', async () => {
  const kind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };
  const history: Event[] = [
    { does: 'account', by: 'server', who: { id: '1', email: 'a@x.fr' }, arrives: 0 },
    { does: 'account', by: 'server', who: { id: '1', email: 'b@x.fr' }, arrives: 24 },
    { does: 'account', by: 'server', who: { id: '2', email: 'a@x.fr' }, arrives: 48 },
    { does: 'consent', by: 'server', who: { id: '1' }, arrives: 72, own: 12, basis: 1, status: 'refused' },
  ];
  const { bases } = await sameInMemory(kind, history, [true, true, true, true]);
  expect([...bases.values()].filter(({ basisId }) => basisId === 1).map(({ standing }) => standing.status)).toEqual([
    'refused',
    'refused',
  ]);
});

/** Applies a history in these cuts and compares; answers what is stored. */
async function sameInMemory(
  kind: ShopKind,
  history: readonly Event[],
  cutBefore: readonly boolean[],
  apply: ApplyBatches = applyEach,
): Promise<ShopWorld> {
  const inMemory = new EventShop(kind);
  for (const event of history) inMemory.tell(event);
  const shop = await openShop(kind);
  await applyCut(shop, history, cutBefore, apply);
  const stored = await loadEverything(base.url, shop, keys);
  expect(picture(stored)).toEqual(picture(inMemory.world));
  expect(await counted(shop)).toEqual(countOf(stored));
  return stored;
}

/** What apply counted on the way, as `<basis> <status> <n>`; people, so that merged profiles are one. */
async function counted(shop: ShopId): Promise<string[]> {
  const { rows } = await base.pool.query(`select basis_id, status, n from basis_count where shop_id = $1 and n <> 0`, [
    shop,
  ]);
  return rows.map(({ basis_id, status, n }) => `${basis_id} ${status} ${n}`).sort();
}

function countOf(world: ShopWorld): string[] {
  const people = [...world.profiles.values()].filter(({ mergedInto }) => mergedInto === null).map(({ id }) => id);
  const held = [...world.bases.values()]
    .filter(({ profileId }) => people.includes(profileId))
    .map(({ basisId, standing }) => `${basisId} ${standing.status}`);
  const names = [...held.filter((name) => !name.endsWith(' unknown')), ...people.map(() => '0 profile')];
  return [...Map.groupBy(names, (name) => name)].map(([name, all]) => `${name} ${all.length}`).sort();
}

async function openShop(kind: ShopKind): Promise<ShopId> {
  const { shopId } = await createShop(base.pool, keys, { name: 'Cut' });
  await base.pool.query('update shop_settings set body = $2 where shop_id = $1', [shopId, settingsOf(kind)]);
  await base.pool.query(`update shop set installed_at = '2026-03-24T00:00:00Z' where id = $1`, [shopId]);
  return shopId;
}

type ApplyBatches = (batches: readonly (readonly Item[])[], tools: ApplyTools) => Promise<void>;

async function applyEach(batches: readonly (readonly Item[])[], tools: ApplyTools): Promise<void> {
  for (const batch of batches) {
    await inTransaction(client, async () => {
      for (const part of byErasures(batch)) {
        const decided = await decideItems(client, part, tools);
        await Promise.all([...writeDecided(client, decided, tools, 'new')].flat());
        await eraseDecided(client, decided, keys);
      }
    });
  }
}

async function applyAhead(batches: readonly (readonly Item[])[], tools: ApplyTools): Promise<void> {
  const parts = batches.flatMap(byErasures);
  await inTransaction(client, async () => {
    for (const { envelope } of parts.flat()) await ensureJournalDays(client, envelope.arrivedAt, 1);
    await applyInTurn(
      client,
      async () => parts.shift() ?? null,
      tools,
      'new',
      () => undefined,
    );
  });
}

/** Batches end where cut, and before whoever looks at the shop to act. */
async function applyCut(
  shop: ShopId,
  history: readonly Event[],
  cutBefore: readonly boolean[],
  apply: ApplyBatches,
): Promise<void> {
  const tools = applyTools(keys);
  let batches: Item[][] = [];
  const applyAll = async (): Promise<void> => {
    const all = batches;
    batches = [];
    await apply(all, tools);
  };
  let world = await loadEverything(base.url, shop, keys);
  for (const [place, event] of history.entries()) {
    const asksTheShop =
      event.by === 'staff' || event.by === 'person' || event.does === 'link-ends' || event.does === 'abandons';
    if (asksTheShop) {
      await applyAll();
      world = await loadEverything(base.url, shop, keys);
    }
    const item = itemOf(shop, world, event, place);
    if (cutBefore[place] || batches.length === 0) batches.push([item]);
    else batches.at(-1)?.push(item);
  }
  await applyAll();
}

const tokens = new Map<string, string>();

/** The event as an item whose tokens are this shop's. */
function itemOf(shop: ShopId, world: ShopWorld, event: Event, place: number): Item {
  const statement = statementOf(world, event, BigInt(shop) * 1_000_000n + BigInt(place));
  const said = JSON.stringify(statement.facts);
  // what a sweep names is a cart of this shop already
  if (event.does === 'abandons') return itemOfFacts(shop, statement, JSON.parse(said));
  const facts = JSON.parse(
    said.replace(/"token:(\w+)"/g, (_, name: string) => {
      const known = tokens.get(`${shop} ${name}`) ?? mintToken(keys, shop, 'sbt', statement.arrivedAt);
      tokens.set(`${shop} ${name}`, known);
      return JSON.stringify(known);
    }),
  );
  return itemOfFacts(shop, statement, facts);
}

function itemOfFacts(shop: ShopId, statement: Statement, facts: readonly Fact[]): Item {
  return {
    seq: statement.seq,
    format: 'own',
    decoded: { word: 'read', facts, notes: [] },
    envelope: {
      shopId: shop,
      format: 'own',
      arrivedAt: statement.arrivedAt,
      source: statement.source,
      pageHost: null,
      mayRead: true,
      test: false,
      headers: {},
      ip: null,
      minted: null,
      door: 'accepted',
      deliveryKey: null,
      raw: new Uint8Array(),
    },
  };
}

/** All that is kept, with nothing that depends on the numbers rows got. */
function picture(world: ShopWorld): unknown {
  const name = (id: number | null) => {
    const profile = [...world.profiles.values()].find((known) => known.id === id);
    return profile === undefined ? null : nameOf(profile);
  };
  const sorted = (lines: readonly unknown[]) => lines.map((line) => JSON.stringify(line)).sort();
  return {
    profiles: sorted(
      [...world.profiles.values()].map(
        ({ emailNorm, emailRank, fields, externalIds, lastSeen, accountAt, records }) => [
          ...[emailNorm, emailRank, fields, lastSeen, accountAt],
          ...[
            externalIds.map(({ namespace, value, rank }) => `${namespace} ${value} ${rank}`).sort(),
            // a run ends with the number of the order it rests on
            Object.entries(records)
              .map(([series, run]) => [series.replace(/\d+~/, '~'), ...run.slice(0, 4)])
              .sort(),
          ],
        ],
      ),
    ),
    bases: sorted(
      [...world.bases.values()].map(({ profileId, basisId, standing, activityAt }) => [
        name(profileId),
        basisId,
        standing.status,
        standing.since,
        standing.refusal,
        activityAt,
      ]),
    ),
    orders: sorted(
      [...world.orders.values()].map(
        ({ ownerId, namespace, key, payment, fulfilment, cancelled, validated, validatedAt, netMinor, day, isNew }) => [
          ...[
            name(ownerId),
            namespace,
            key.startsWith('erased:') ? 'erased' : key,
            payment,
            fulfilment,
            cancelled,
            validated,
            validatedAt,
            netMinor,
            day,
            isNew,
          ],
        ],
      ),
    ),
    carts: sorted(
      [...world.carts.values()].map(({ ownerId, token, key, status, since, rank, at, final, totalMinor, orderId }) => [
        ...[key, name(ownerId), token !== null, status, since, rank, at, final, totalMinor, orderId !== null],
      ]),
    ),
    history: sorted(
      world.changes.history.map(({ profileId, basisId, from, to, cause, at }) => [
        name(profileId),
        basisId,
        from,
        to,
        cause,
        at,
      ]),
    ),
  };
}
