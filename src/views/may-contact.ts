/** The sending guard: may we contact these people on this channel for this purpose, now, and on what ground? */
import type { Pool } from 'pg';
import type { ContactQuestion, GuardAnswer, Recipient } from '#contract/contact.ts';
import { coveringBases, decideContact, type HeldBasis } from '#domain/contact.ts';
import { emailNormal } from '#domain/email.ts';
import { basisId, profileId, type ShopId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { BasisDefinition, ShopSettings } from '#domain/settings.ts';
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

const holderColumns = 'id, email_norm as email, mobile_e164 as mobile, phone_e164 as phone, merged_into, absorbed';

interface HolderRow {
  readonly id: number;
  readonly email: string | null;
  readonly mobile: string | null;
  readonly phone: string | null;
  readonly merged_into: number | null;
  readonly absorbed: readonly number[] | null;
}

/** One of those asked about; each list is short and holds nothing twice. */
interface Place {
  readonly profiles: number[];
  readonly addresses: AddressKey[];
}

/** An answer before its basis is named. */
type Standing = GuardAnswer | ({ readonly allowed: true } & HeldBasis);

/** One answer a person, in their order; as many queries for one person as for ten thousand. */
export async function answerContact(guard: Guard, shop: ShopId, question: ContactQuestion): Promise<GuardAnswer[]> {
  const { channel, purpose, people } = question;
  if (guard.spooling || (await isBehind(guard, shop))) return people.map(() => ({ allowed: false, why: 'behind' }));
  const places = people.map((person) => addressed(guard.settings, person));
  const found = places.filter((one) => one !== null);
  const samePeople = await findHolders(guard.pool, shop, found);
  const covering = coveringBases(guard.settings.bases, channel, purpose);
  const profiles = [...new Set(found.flatMap((one) => one.profiles))];
  const [objected, held] = await Promise.all([
    purpose === 'marketing' ? findObjected(guard, shop, found, channel) : new Set<AddressKey>(),
    findHeld(guard.pool, shop, profiles, idsOf(covering)),
  ]);
  const customers = await findCustomers(guard.pool, shop, needOrders(held, covering), samePeople);
  const standings = places.map((one): Standing => {
    if (one === null) return { allowed: false, why: 'invalid' };
    const isObjected = one.addresses.some((key) => objected.has(key));
    const rows = one.profiles.flatMap((id) => held.get(id) ?? []);
    const answer = decideContact(isObjected, purpose, rows, covering, (id) => customers.has(id));
    return !answer.allowed && answer.why === 'no basis' && one.profiles.length === 0
      ? { allowed: false, why: 'unknown' }
      : answer;
  });
  const proofs = await findProofs(guard.pool, shop, standings, covering);
  return standings.map((one): GuardAnswer => {
    if (!one.allowed || !('basisId' in one)) return one;
    const basis = covering.find(({ id }) => id === one.basisId);
    if (basis === undefined) return { allowed: false, why: 'no basis' };
    const { id, name, ground } = basis;
    const proof = proofs.get(id)?.get(one.profileId) ?? null;
    return { allowed: true, profile: one.profileId, basis: { id, name, ground }, since: one.since, proof };
  });
}

function idsOf(bases: readonly BasisDefinition[]): number[] {
  return bases.map(({ id }) => id);
}

/** Those whose answer may hang on a validated order: the first basis they hold is one for existing customers. */
function needOrders(held: ReadonlyMap<number, readonly HeldBasis[]>, covering: readonly BasisDefinition[]): number[] {
  const customersOnly = new Set<number>(idsOf(covering.filter((basis) => basis.existingCustomers)));
  return [...held].filter(([, [first]]) => first !== undefined && customersOnly.has(first.basisId)).map(([id]) => id);
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

function addressed(settings: ShopSettings, person: Recipient): Place | null {
  if ('profile' in person) return { profiles: [person.profile], addresses: [] };
  if ('email' in person) {
    const email = emailNormal(person.email);
    return email === null ? null : { profiles: [], addresses: [`email:${email}`] };
  }
  const phone = phoneNormal(person.phone, settings.country, settings.country);
  return phone === null ? null : { profiles: [], addresses: [`phone:${phone}`] };
}

/**
 * Who holds the addresses, and which addresses the named profiles hold. Returns, by profile, all that are the same person where there
 * is more than one. Asked by arrays, not by joins with them: an index is walked through once, in its order.
 */
async function findHolders(
  pool: Pool,
  shop: ShopId,
  places: readonly Place[],
): Promise<Map<number, readonly number[]>> {
  const holders = new Map<AddressKey, Place[]>();
  const named = new Map<number, Place[]>();
  for (const one of places) {
    for (const key of one.addresses) push(holders, key, one);
    if (one.addresses.length === 0) for (const id of one.profiles) push(named, id, one);
  }
  const values = (kind: 'email' | 'phone') =>
    [...holders.keys()].filter((key) => key.startsWith(`${kind}:`)).map((key) => key.slice(kind.length + 1));
  const ask = async (where: string, asked: readonly unknown[]): Promise<HolderRow[]> =>
    asked.length === 0
      ? []
      : (
          await pool.query<HolderRow>(`select ${holderColumns} from profile where shop_id = $1 and ${where}`, [
            shop,
            asked,
          ])
        ).rows;
  const [byEmail, byMobile, byPhone, own] = await Promise.all([
    ask('email_norm = any ($2::text[])', values('email')),
    ask('mobile_e164 = any ($2::text[])', values('phone')),
    ask('phone_e164 = any ($2::text[])', values('phone')),
    ask('id = any ($2::int8[])', [...named.keys()]),
  ]);
  for (const row of byEmail) for (const one of holders.get(`email:${row.email}`) ?? []) add(one.profiles, row.id);
  for (const row of byMobile) for (const one of holders.get(`phone:${row.mobile}`) ?? []) add(one.profiles, row.id);
  for (const row of byPhone) for (const one of holders.get(`phone:${row.phone}`) ?? []) add(one.profiles, row.id);
  for (const row of own) {
    for (const one of named.get(row.id) ?? []) {
      if (row.email !== null) add(one.addresses, `email:${row.email}`);
      if (row.mobile !== null) add(one.addresses, `phone:${row.mobile}`);
      if (row.phone !== null) add(one.addresses, `phone:${row.phone}`);
    }
    named.delete(row.id);
  }
  for (const unknown of named.values()) for (const one of unknown) one.profiles.length = 0;
  return findSame(pool, shop, [...byEmail, ...byMobile, ...byPhone, ...own]);
}

/** What staff merged, of those of whom the row says that there is something. */
async function findSame(pool: Pool, shop: ShopId, rows: readonly HolderRow[]): Promise<Map<number, readonly number[]>> {
  const same = new Map<number, readonly number[]>();
  for (const { id, absorbed } of rows) if (absorbed !== null) same.set(id, [id, ...absorbed]);
  const merged = rows.filter((row) => row.merged_into !== null);
  if (merged.length === 0) return same;
  const { rows: roots } = await pool.query<{ id: number; absorbed: number[] | null }>(
    'select id, absorbed from profile where shop_id = $1 and id = any ($2::int8[])',
    [shop, merged.map((row) => row.merged_into)],
  );
  const whole = new Map(roots.map(({ id, absorbed }) => [id, [id, ...(absorbed ?? [])]]));
  for (const { id, merged_into } of merged) same.set(id, whole.get(merged_into ?? id) ?? [id]);
  return same;
}

function add<Value>(list: Value[], value: Value): void {
  if (!list.includes(value)) list.push(value);
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = lists.get(key);
  if (known === undefined) lists.set(key, [value]);
  else known.push(value);
}

async function findObjected(
  { pool, keys }: Guard,
  shop: ShopId,
  places: readonly Place[],
  channel: ContactQuestion['channel'],
): Promise<Set<AddressKey>> {
  const addresses = [...new Set(places.flatMap((one) => one.addresses))];
  const { rows } = await pool.query<{ i: number }>(
    `select k.i::int as i from unnest($2::bytea[]) with ordinality k(hash, i)
     cross join lateral (select from objection o
       where o.shop_id = $1 and o.address_hash = k.hash and o.channel = $3 and o.lifted_at is null limit 1) o`,
    [shop, addresses.map((key) => hashAddress(keys, shop, key)), channel],
  );
  return new Set(rows.flatMap(({ i }) => addresses[i - 1] ?? []));
}

/** Accepted bases among `bases` by profile, the first basis first (index profile_basis_pkey; the fence keeps the planner from reading all who accepted one). */
async function findHeld(
  pool: Pool,
  shop: ShopId,
  profiles: readonly number[],
  bases: readonly number[],
): Promise<Map<number, HeldBasis[]>> {
  const { rows } = await pool.query<{ profile_id: number; basis_id: number; since: Date | null }>(
    `with b as materialized (select profile_id, basis_id, status, since from profile_basis
       where shop_id = $1 and profile_id = any ($2::int8[]) and basis_id = any ($3::int4[]) order by profile_id, basis_id)
     select profile_id, basis_id, since from b where status = 'accepted' order by profile_id, basis_id`,
    [shop, profiles, bases],
  );
  const held = new Map<number, HeldBasis[]>();
  for (const row of rows) {
    const since = row.since?.getTime() ?? null;
    push(held, row.profile_id, { profileId: profileId(row.profile_id), basisId: basisId(row.basis_id), since });
  }
  return held;
}

/** By basis and profile the history row that accepted it, of those who may be contacted on it (index basis_history_pkey alone). */
async function findProofs(
  pool: Pool,
  shop: ShopId,
  standings: readonly Standing[],
  covering: readonly BasisDefinition[],
): Promise<Map<number, Map<number, string>>> {
  const allowed = standings.flatMap((one) => (one.allowed && 'basisId' in one ? [one] : []));
  const found = await Promise.all(
    covering.map(async ({ id }) => {
      const profiles = [...new Set(allowed.filter((one) => one.basisId === id).map((one) => one.profileId))];
      if (profiles.length === 0) return [id, new Map<number, string>()] as const;
      const { rows } = await pool.query<{ profile_id: number; proof: string }>(
        `select distinct on (profile_id) profile_id, seq || ':' || n as proof from basis_history
         where shop_id = $1 and profile_id = any ($2::int8[]) and basis_id = $3 and to_status = 'accepted'
         order by profile_id desc, basis_id desc, seq desc, n desc`,
        [shop, profiles, id],
      );
      return [id, new Map(rows.map((row) => [row.profile_id, row.proof]))] as const;
    }),
  );
  return new Map(found);
}

/** Those with a validated order, their own or of a profile that is the same person (index orders_profile alone). */
async function findCustomers(
  pool: Pool,
  shop: ShopId,
  profiles: readonly number[],
  samePeople: ReadonlyMap<number, readonly number[]>,
): Promise<Set<number>> {
  const buyers = new Set(profiles.flatMap((id) => samePeople.get(id) ?? [id]));
  if (buyers.size === 0) return new Set();
  const { rows } = await pool.query<{ id: number }>(
    'select distinct profile_id as id from orders where shop_id = $1 and profile_id = any ($2::int8[]) and validated',
    [shop, [...buyers]],
  );
  const bought = new Set(rows.map(({ id }) => id));
  return new Set(profiles.filter((id) => (samePeople.get(id) ?? [id]).some((one) => bought.has(one))));
}
