/**
 * What an import created and nobody else spoke of, taken out in the transaction that applies its undo (rules §8): as at an erasure, but
 * nothing remembers whom, so that they may come again. What others spoke of stays as it is.
 */
import type { ClientBase } from 'pg';
import type { Instant, UndoFact } from '#domain/facts.ts';
import { type OrderId, type ProfileId, profileId, type ShopId } from '#domain/ids.ts';
import type { Order } from '#domain/order.ts';
import { dayOf } from '#domain/time.ts';
import { importSource, isTakenBack } from '#domain/undo.ts';
import { findPersonJournal, findPersonKeys, type PersonJournalRow, type PersonKeys } from '#store/person-keys.ts';
import type { Keys } from '#store/secret.ts';
import { countRows, counts } from './basis-counts.ts';
import { DayCounts } from './day-counts.ts';
import { deleteBases, eraseJournal } from './erasure.ts';
import { personTables } from './erasure-tables.ts';
import { fromOrderRow, orderSelect } from './order-rows.ts';
import { send } from './set-write.ts';
import type { ShopRows } from './shop-rows.ts';
import { subjectsOf } from './traces.ts';

/** What an erasure takes by address, whoever it names, is not the import's. */
const left = new Set(['outbox', 'rights_request', 'cart', 'visitor_token']);

interface Candidate {
  readonly id: ProfileId;
  readonly email: string | null;
  readonly externalIds: readonly string[];
  readonly createdAt: Date;
}

/** Call after the batch's other writes: the acts of the import are void, and bases stand without them. */
export async function carryOutUndo(
  client: ClientBase,
  { shopId: shop, settings }: ShopRows,
  keys: Keys,
  fact: UndoFact,
  at: Instant,
): Promise<void> {
  const undone = await findUndone(client, shop, fact.importId);
  const people = await findCandidates(client, shop, fact.created);
  const named = await findPersonKeys(
    client,
    shop,
    people.map(({ id }) => id),
  );
  const spoken = spokenOf(people, await findPersonJournal(client, keys, named), undone);
  const unshared = people.filter(({ id }) => !spoken.has(id));
  const orders = await findOrders(
    client,
    shop,
    fact.orders,
    unshared.map(({ id }) => id),
  );
  const kept = await ordersOfOthers(client, keys, shop, orders, undone);
  const gone = orders.filter(({ id }) => !kept.has(id));
  const owners = new Set(orders.flatMap(({ id, ownerId }) => (kept.has(id) && ownerId !== null ? [ownerId] : [])));
  const lone = unshared.filter(({ id }) => !owners.has(id));
  const counted = new DayCounts();
  for (const order of gone) counted.removeOrder(shop, order);
  for (const { createdAt } of lone) counted.removeProfile(shop, dayOf(createdAt.getTime(), settings.zone));
  await Promise.all(counted.send(client));
  const taken = await findPersonKeys(
    client,
    shop,
    lone.map(({ id }) => id),
  );
  if (lone.length > 0) await eraseJournal(client, taken, keys, 'import.undone');
  await deleteOrders(
    client,
    shop,
    gone.map(({ id }) => id),
  );
  if (lone.length > 0) await deleteProfiles(client, taken, keys, at);
}

async function deleteProfiles(client: ClientBase, people: PersonKeys, keys: Keys, at: Instant): Promise<void> {
  const { shop, profiles } = people;
  const moves = await deleteBases(client, { ...people, at });
  await Promise.all(send(client, counts, countRows(shop, moves, -profiles.length)));
  for (const { table, text, values } of personTables)
    if (!left.has(table)) await client.query(text, [...values({ ...people, at }, keys)]);
  // their history goes with that of erased people; nothing has to be searched for or logged
  await client.query(
    `insert into erasure (shop_id, profile_id, erased_at, source, swept_at, logged_at)
      select $1, k.id, s.at, 'import', s.at, s.at from unnest($2::int8[]) k(id), to_timestamp($3::float8 / 1000) s(at)`,
    [shop, profiles, at],
  );
}

async function deleteOrders(client: ClientBase, shop: ShopId, orders: readonly OrderId[]): Promise<void> {
  for (const [table, column] of [
    ['webhook_delivery', 'order_id'],
    ['orders', 'id'],
  ] as const)
    await client.query(`delete from ${table} where shop_id = $1 and ${column} = any ($2::int8[])`, [shop, orders]);
  await client.query('select forget_order_states($1, $2::int8[])', [shop, orders]);
}

/** Sources whose words count no more: of this import, and of others undone before it. */
async function findUndone(client: ClientBase, shop: ShopId, importId: string): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ id: string }>(
    `select id::text as id from import where shop_id = $1 and state in ('undoing', 'undone')`,
    [shop],
  );
  return new Set([importId, ...rows.map(({ id }) => id)].map(importSource));
}

/** Those still there that no merge, browser or cart leads to. */
async function findCandidates(client: ClientBase, shop: ShopId, ids: readonly number[]): Promise<Candidate[]> {
  const { rows } = await client.query<{ id: number; email: string | null; ids: string[]; created_at: Date }>(
    `select p.id, p.email_norm as email, p.created_at,
        array(select i.value from profile_identifier i where i.shop_id = p.shop_id and i.profile_id = p.id and i.kind = 'external') as ids
      from profile p
      where p.shop_id = $1 and p.id = any ($2::int8[]) and p.merged_into is null and coalesce(cardinality(p.absorbed), 0) = 0
        and not exists (select from visitor_token t where t.shop_id = p.shop_id and t.profile_id = p.id)
        and not exists (select from cart c where c.shop_id = p.shop_id and c.profile_id = p.id)`,
    [shop, ids],
  );
  return rows.map((row) => ({
    id: profileId(row.id),
    email: row.email,
    externalIds: row.ids,
    createdAt: row.created_at,
  }));
}

/** The profiles that something else than the import spoke of: by what it was taken for, or by what it named. */
function spokenOf(
  people: readonly Candidate[],
  journal: readonly PersonJournalRow[],
  undone: ReadonlySet<string>,
): ReadonlySet<ProfileId> {
  const byName = new Map<string, ProfileId>();
  for (const { id, email, externalIds } of people) {
    if (email !== null) byName.set(`email:${email}`, id);
    for (const value of externalIds) byName.set(`external:${value}`, id);
  }
  const spoken = new Set<ProfileId>();
  for (const { source, kind, outcome, profile_id, facts } of journal) {
    if (isTakenBack(source, undone) || kind === 'undo' || !heard.has(outcome)) continue;
    if (profile_id !== null) spoken.add(profileId(profile_id));
    for (const subject of (facts ?? []).flatMap((one) => subjectsOf(one))) {
      const id = byName.get(subject);
      if (id !== undefined) spoken.add(id);
    }
  }
  return spoken;
}

/** What was refused, or could not be read, spoke of nobody. */
const heard = new Set(['applied', 'unchanged', 'failed']);

async function findOrders(
  client: ClientBase,
  shop: ShopId,
  ids: readonly number[],
  owners: readonly ProfileId[],
): Promise<Order[]> {
  const { rows } = await client.query(
    `select ${orderSelect} from orders o where o.shop_id = $1 and (o.id = any ($2::int8[]) or o.profile_id = any ($3::int8[]))`,
    [shop, ids, owners],
  );
  return rows.map(fromOrderRow);
}

/** Orders that something else than the import spoke of. */
async function ordersOfOthers(
  client: ClientBase,
  keys: Keys,
  shop: ShopId,
  orders: readonly Order[],
  undone: ReadonlySet<string>,
): Promise<ReadonlySet<OrderId>> {
  const nobody = { profiles: [], subjectKeys: [], tokens: [], emails: [], phones: [], externalIds: [] };
  const ids = orders.map(({ id }) => id);
  const references = orders.flatMap(({ key, number }) => (number === null ? [key] : [key, number]));
  const journal = await findPersonJournal(client, keys, { ...nobody, shop, orders: ids, references });
  const kept = new Set<OrderId>();
  for (const { source, outcome, order_id } of journal) {
    const id = ids.find((one) => one === order_id);
    if (id !== undefined && heard.has(outcome) && !isTakenBack(source, undone)) kept.add(id);
  }
  // created before anything the journal still tells of: somebody spoke of it then
  for (const { id } of orders) if (!journal.some(({ order_id }) => order_id === id)) kept.add(id);
  return kept;
}
