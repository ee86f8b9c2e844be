/** The sending guard: may we contact these people on this channel for this purpose, now, and on what ground? */
import type { Pool } from 'pg';
import type { ContactQuestion, GuardAnswer, Recipient } from '#contract/contact.ts';
import { coveringBases, decideContact, type HeldBasis } from '#domain/contact.ts';
import { emailNormal } from '#domain/email.ts';
import { basisId, profileId, type ShopId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { ShopSettings } from '#domain/settings.ts';
import type { AddressKey } from '#domain/world-rows.ts';
import { hashAddress, type Keys } from '#store/secret.ts';

/** What arrived longer ago than this and is not applied makes every answer *behind*. */
const behindMs = 10_000;

export interface Guard {
  readonly pool: Pool;
  readonly keys: Keys;
  readonly settings: ShopSettings;
  readonly now: number;
  /** Received items wait on this process's disk for the database. */
  readonly spooling: boolean;
}

interface Place {
  readonly place: number;
  readonly profiles: Set<number>;
  readonly addresses: Set<AddressKey>;
}

/** One answer a person, in their order; a constant number of queries for any number of them. */
export async function answerContact(guard: Guard, shop: ShopId, question: ContactQuestion): Promise<GuardAnswer[]> {
  const { channel, purpose, people } = question;
  if (guard.spooling || (await isBehind(guard, shop))) return people.map(() => ({ allowed: false, why: 'behind' }));
  const places = people.map((person, place) => addressed(guard.settings, person, place));
  const found = places.filter((one) => one !== null);
  await findHolders(guard.pool, shop, found);
  const covering = coveringBases(guard.settings.bases, channel, purpose);
  const profiles = [...new Set(found.flatMap((one) => [...one.profiles]))];
  const [objected, held, customers] = await Promise.all([
    findObjected(guard, shop, found, channel),
    findHeld(
      guard.pool,
      shop,
      profiles,
      covering.map(({ id }) => id),
    ),
    covering.some((basis) => basis.existingCustomers) ? findCustomers(guard.pool, shop, profiles) : new Set<number>(),
  ]);
  return places.map((one): GuardAnswer => {
    if (one === null) return { allowed: false, why: 'invalid' };
    const isObjected = [...one.addresses].some((key) => objected.has(key));
    const rows = [...one.profiles].flatMap((id) => held.get(id) ?? []);
    const answer = decideContact(isObjected, purpose, rows, covering, (id) => customers.has(id));
    if (!answer.allowed)
      return answer.why === 'no basis' && one.profiles.size === 0 ? { allowed: false, why: 'unknown' } : answer;
    const basis = covering.find(({ id }) => id === answer.basisId);
    if (basis === undefined) return { allowed: false, why: 'no basis' };
    const { id, name, ground } = basis;
    const proof = rows.find((row) => row.profileId === answer.profileId && row.basisId === id)?.proof ?? null;
    return { allowed: true, profile: answer.profileId, basis: { id, name, ground }, since: answer.since, proof };
  });
}

/** A micro-batch of the shop's shard (`shop % SHARDS`; any, where that is not known) waits longer than it may: a refusal may be in it. */
async function isBehind({ pool, now }: Guard, shop: ShopId): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select from intake i left join instance s on s.key = 'shards'
     where (s.value is null or i.shard = $1::int % (s.value #>> '{}')::int) and i.received_at < to_timestamp($2::float8 / 1000) limit 1`,
    [shop, now - behindMs],
  );
  return (rowCount ?? 0) > 0;
}

function addressed(settings: ShopSettings, person: Recipient, place: number): Place | null {
  const addresses = new Set<AddressKey>();
  if ('profile' in person) return { place, profiles: new Set([person.profile]), addresses };
  if ('email' in person) {
    const email = emailNormal(person.email);
    return email === null ? null : { place, profiles: new Set(), addresses: addresses.add(`email:${email}`) };
  }
  const phone = phoneNormal(person.phone, settings.country, settings.country);
  return phone === null ? null : { place, profiles: new Set(), addresses: addresses.add(`phone:${phone}`) };
}

/** Who holds the addresses, and which addresses the named profiles hold. */
async function findHolders(pool: Pool, shop: ShopId, places: readonly Place[]): Promise<void> {
  const keyed = (kind: 'email' | 'phone') =>
    places.flatMap((one) =>
      [...one.addresses]
        .filter((key) => key.startsWith(`${kind}:`))
        .map((key) => ({ one, value: key.slice(kind.length + 1) })),
    );
  const emails = keyed('email');
  const phones = keyed('phone');
  const named = places.filter((one) => one.addresses.size === 0);
  const values = (list: readonly { value: string }[]) => list.map(({ value }) => value);
  const [byEmail, byPhone, own] = await Promise.all([
    pool.query<{ i: number; id: number }>(
      `select k.i::int as i, p.id from unnest($2::text[]) with ordinality k(value, i)
       join profile p on p.shop_id = $1 and p.email_norm = k.value`,
      [shop, values(emails)],
    ),
    pool.query<{ i: number; id: number }>(
      `select k.i::int as i, p.id from unnest($2::text[]) with ordinality k(value, i)
       cross join lateral (
         select id from profile where shop_id = $1 and mobile_e164 = k.value
         union select id from profile where shop_id = $1 and phone_e164 = k.value) p`,
      [shop, values(phones)],
    ),
    pool.query<{ i: number; email: string | null; mobile: string | null; phone: string | null }>(
      `select k.i::int as i, p.email_norm as email, p.mobile_e164 as mobile, p.phone_e164 as phone
       from unnest($2::int8[]) with ordinality k(id, i) join profile p on p.shop_id = $1 and p.id = k.id`,
      [shop, named.flatMap((one) => [...one.profiles])],
    ),
  ]);
  for (const row of byEmail.rows) emails[row.i - 1]?.one.profiles.add(row.id);
  for (const row of byPhone.rows) phones[row.i - 1]?.one.profiles.add(row.id);
  const known = new Set<Place>();
  for (const row of own.rows) {
    const one = named[row.i - 1];
    if (one === undefined) continue;
    known.add(one);
    if (row.email !== null) one.addresses.add(`email:${row.email}`);
    if (row.mobile !== null) one.addresses.add(`phone:${row.mobile}`);
    if (row.phone !== null) one.addresses.add(`phone:${row.phone}`);
  }
  for (const one of named) if (!known.has(one)) one.profiles.clear();
}

async function findObjected(
  { pool, keys }: Guard,
  shop: ShopId,
  places: readonly Place[],
  channel: ContactQuestion['channel'],
): Promise<Set<AddressKey>> {
  const addresses = [...new Set(places.flatMap((one) => [...one.addresses]))];
  const { rows } = await pool.query<{ i: number }>(
    `select k.i::int as i from unnest($2::bytea[]) with ordinality k(hash, i)
     join objection o on o.shop_id = $1 and o.address_hash = k.hash and o.channel = $3 and o.lifted_at is null`,
    [shop, addresses.map((key) => hashAddress(keys, shop, key)), channel],
  );
  return new Set(rows.flatMap(({ i }) => addresses[i - 1] ?? []));
}

/** Accepted bases among `bases`, each with the history row that accepted it. */
async function findHeld(
  pool: Pool,
  shop: ShopId,
  profiles: readonly number[],
  bases: readonly number[],
): Promise<Map<number, (HeldBasis & { proof: string | null })[]>> {
  const { rows } = await pool.query<{ profile_id: number; basis_id: number; since: Date | null; proof: string | null }>(
    `select b.profile_id, b.basis_id, b.since, h.proof
     from unnest($2::int8[]) k(id)
     join profile_basis b on b.shop_id = $1 and b.profile_id = k.id and b.basis_id = any ($3::int4[]) and b.status = 'accepted'
     left join lateral (select h.seq || ':' || h.n as proof from basis_history h
       where h.shop_id = $1 and h.profile_id = b.profile_id and h.basis_id = b.basis_id and h.to_status = 'accepted'
       order by h.seq desc, h.n desc limit 1) h on true
     order by b.profile_id, b.basis_id`,
    [shop, profiles, bases],
  );
  const held = new Map<number, (HeldBasis & { proof: string | null })[]>();
  for (const row of rows) {
    const one = {
      profileId: profileId(row.profile_id),
      basisId: basisId(row.basis_id),
      since: row.since?.getTime() ?? null,
      proof: row.proof,
    };
    const known = held.get(row.profile_id);
    if (known === undefined) held.set(row.profile_id, [one]);
    else known.push(one);
  }
  return held;
}

/** Those with a validated order, their own or of a profile that is the same person (index orders_profile). */
async function findCustomers(pool: Pool, shop: ShopId, profiles: readonly number[]): Promise<Set<number>> {
  const { rows } = await pool.query<{ id: number }>(
    `select k.id from unnest($2::int8[]) k(id)
     join profile p on p.shop_id = $1 and p.id = k.id
     join profile r on r.shop_id = $1 and r.id = coalesce(p.merged_into, p.id)
     where exists (select from unnest(array_append(r.absorbed, r.id)) m(id)
       join orders o on o.shop_id = $1 and o.profile_id = m.id and o.validated)`,
    [shop, profiles],
  );
  return new Set(rows.map(({ id }) => id));
}
