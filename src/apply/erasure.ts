/**
 * What a database holds of people whom a fact erased, taken out in the transaction that applies the fact (rules §7). Bytes that no
 * decoder read are searched afterwards (`erasure-sweep.ts`).
 */
import type { ClientBase } from 'pg';
import { anonymousOrder } from '#domain/anonymous-order.ts';
import type { Status } from '#domain/basis.ts';
import type { Instant } from '#domain/facts.ts';
import { type BasisId, basisId, type ProfileId, profileId, type ShopId } from '#domain/ids.ts';
import type { Order } from '#domain/order.ts';
import type { Profile } from '#domain/profile.ts';
import type { Reason } from '#domain/reasons.ts';
import { erasureLogJobName } from '#store/erasure-log.ts';
import { endAccess } from '#store/person-access.ts';
import { findPersonJournal, findPersonKeys, type PersonKeys } from '#store/person-keys.ts';
import { hashSubject, hideReference, type Keys, type Subject, sealText } from '#store/secret.ts';
import { readToken } from '#store/token.ts';
import { countRows, counts } from './basis-counts.ts';
import { personTables } from './erasure-tables.ts';
import { fromOrderRow, orderRow, orderSelect, updateOrders } from './order-rows.ts';
import { send } from './set-write.ts';
import { subjectsOf } from './traces.ts';
import type { DecidedShop } from './write.ts';

/** Whose rows go, and when. */
export interface ErasedPeople extends PersonKeys {
  readonly at: Instant;
}

export const erasureSweepJob = 'erasure-sweep';

/** Call after the batch's other writes. `at`, `source`: of the fact. */
export async function carryOutErasure(
  client: ClientBase,
  { rows, world }: DecidedShop,
  keys: Keys,
  { at, source }: { readonly at: Instant; readonly source: string },
): Promise<void> {
  const profiles = [...world.changes.erased.values()];
  if (profiles.length === 0) return;
  const shop = rows.shopId;
  const orders = await findOrders(client, shop, profiles);
  const ids = profiles.map(({ id }) => id);
  const people: ErasedPeople = { ...(await findPersonKeys(client, shop, ids)), at };
  await eraseJournal(client, people, keys);
  await anonymise(client, people, orders, world.settings.zone, keys);
  const moves = await deleteBases(client, people);
  const counted = profiles.filter(({ mergedInto }) => mergedInto === null).map(({ id }) => id);
  const theirs = moves.filter(({ profileId }) => counted.includes(profileId));
  await Promise.all(send(client, counts, countRows(shop, theirs, -counted.length)));

  for (const { text, values } of personTables) await client.query(text, [...values(people, keys)]);
  for (const email of people.emails) await endAccess(client, keys, shop, email);
  for (const profile of profiles) await remember(client, people, profile, keys, source);
  await client.query('select wake_job($1), wake_job($2)', [erasureSweepJob, erasureLogJobName]);
}

async function findOrders(client: ClientBase, shop: ShopId, profiles: readonly Profile[]): Promise<Order[]> {
  const { rows } = await client.query(
    `select ${orderSelect} from orders o where o.shop_id = $1 and o.profile_id = any ($2::int8[])`,
    [shop, profiles.map(({ id }) => id)],
  );
  return rows.map(fromOrderRow);
}

/** Amount, currency, day and states stay; who looks for the old reference finds that it was erased. */
async function anonymise(
  client: ClientBase,
  people: ErasedPeople,
  orders: readonly Order[],
  zone: string,
  keys: Keys,
): Promise<void> {
  const hide = (reference: string): string => hideReference(keys, people.shop, reference);
  const hidden = orders.map((order) => orderRow(people.shop, anonymousOrder(order, zone, hide)));
  await Promise.all(send(client, updateOrders, hidden));
}

export async function deleteBases(
  client: ClientBase,
  { shop, profiles }: ErasedPeople,
): Promise<{ profileId: ProfileId; basisId: BasisId; from: Status; to: 'unknown' }[]> {
  const { rows } = await client.query<{ profile_id: number; basis_id: number; status: Status }>(
    'delete from profile_basis where shop_id = $1 and profile_id = any ($2::int8[]) returning profile_id, basis_id, status',
    [shop, profiles],
  );
  return rows.map(({ profile_id, basis_id, status }) => ({
    profileId: profileId(profile_id),
    basisId: basisId(basis_id),
    from: status,
    to: 'unknown',
  }));
}

/** Rows that name them lose what was said, its bytes and how to find them; that something came, and what became of it, stays. */
export async function eraseJournal(
  client: ClientBase,
  people: PersonKeys,
  keys: Keys,
  reason: Reason = 'person.erased',
): Promise<void> {
  const { shop } = people;
  const hash = (subject: Subject): string => hashSubject(keys, shop, subject).toString();
  const visitor = (token: string): string | null => readToken(keys, shop, token)?.id ?? null;
  const theirs = await findPersonJournal(client, keys, people);
  const places = [shop, theirs.map(({ received_at }) => received_at), theirs.map(({ seq }) => seq)];
  const elsewhere = theirs.flatMap(({ order_id }) => (order_id === null ? [] : [order_id]));
  const named = theirs.flatMap((row) =>
    (row.facts ?? [])
      .flatMap((fact) => subjectsOf(fact, visitor))
      .map((subject) => ({ ...row, subject: hash(subject) })),
  );
  await client.query(
    `delete from journal_subject s using unnest($2::int8[], $3::timestamptz[], $4::int8[]) k(subject, at, seq)
      where s.shop_id = $1 and s.subject = k.subject and s.received_at = k.at and s.seq = k.seq`,
    [
      shop,
      named.map(({ subject }) => subject),
      named.map(({ received_at }) => received_at),
      named.map(({ seq }) => seq),
    ],
  );
  for (const table of ['journal_raw', 'journal_unread', 'held_origin', 'delivery_key'])
    await client.query(
      `delete from ${table} d using unnest($2::timestamptz[], $3::int8[]) k(at, seq)
        where d.shop_id = $1 and d.received_at = k.at and d.seq = k.seq`,
      places,
    );
  await client.query(
    `update journal j set facts = null, effects = null, profile_id = null, order_id = null,
        reasons = array_append(array_remove(j.reasons, $4), $4)
      from unnest($2::timestamptz[], $3::int8[]) k(at, seq)
      where j.shop_id = $1 and j.received_at = k.at and j.seq = k.seq`,
    [...places, reason],
  );
  // an order of somebody else may have been stated with their address
  await client.query(
    `update orders set contact_email = null
      where shop_id = $1 and id = any ($2::int8[]) and lower(btrim(contact_email)) = any ($3::text[])`,
    [shop, elsewhere, people.emails],
  );
}

async function remember(
  client: ClientBase,
  { shop, at, emails, phones, references, externalIds }: ErasedPeople,
  { id, email }: Profile,
  keys: Keys,
  source: string,
): Promise<void> {
  const terms = [...new Set([...(email === null ? [] : [email]), ...emails, ...phones, ...references, ...externalIds])];
  await client.query(
    `insert into erasure (shop_id, profile_id, erased_at, source, terms) values ($1, $2, to_timestamp($3::float8 / 1000), $4, $5)`,
    [shop, id, at, source, sealText(keys, JSON.stringify(terms), termsPlace(shop, id))],
  );
}

export function termsPlace(shop: ShopId, profile: number): string {
  return `erasure ${shop} ${profile}`;
}
