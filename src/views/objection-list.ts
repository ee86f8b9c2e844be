import { type Kysely, sql } from 'kysely';
import type { ObjectionList } from '#contract/contact.ts';
import type { ShopId } from '#domain/ids.ts';
import { hashAddress, type Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

const counted = 10_000;
const page = 100;

/** Of the last objection of a page. */
export interface ObjectionPlace {
  readonly since: number;
  /** Hexadecimal. */
  readonly hash: string;
  readonly channel: string;
}

/** Objections from the newest on, or after `after` (index objection_since), and how many stand, counted up to 10,000 (index objection_standing); null: no such shop. */
export async function listObjections(
  db: Kysely<Database>,
  shop: ShopId,
  after: ObjectionPlace | null,
): Promise<ObjectionList | null> {
  const [found, key, rows, { rows: sums }] = await Promise.all([
    findShopSettings(db, shop),
    db
      .selectFrom('shop_key')
      .select('public_key')
      .where('shop_id', '=', shop)
      .where(sql<boolean>`public_key not like 'test\\_%'`)
      .where('expires_at', 'is', null)
      .orderBy('id')
      .limit(1)
      .executeTakeFirst(),
    db
      .selectFrom('objection')
      .select(['address_hash', 'channel', 'since', 'cause', 'lifted_at'])
      .where('shop_id', '=', shop)
      .$if(after !== null, (query) => query.where(isAfter(after as ObjectionPlace)))
      .orderBy('since', 'desc')
      .orderBy('address_hash')
      .orderBy('channel')
      .limit(page)
      .execute(),
    sql<{ n: number }>`select count(*)::int as n from (
      select from objection where shop_id = ${shop} and lifted_at is null limit ${counted}) o`.execute(db),
  ]);
  if (found === null) return null;
  const last = rows.length === page ? rows.at(-1) : undefined;
  return {
    zone: found.settings.zone,
    personPage: key === undefined ? null : `/my-data/${encodeURIComponent(key.public_key)}`,
    standing: sums[0]?.n ?? 0,
    objections: rows.map((row) => ({
      mark: row.address_hash.toString('hex').slice(0, 12),
      channel: row.channel as ObjectionList['objections'][number]['channel'],
      since: row.since.getTime(),
      cause: row.cause,
      liftedAt: row.lifted_at?.getTime() ?? null,
    })),
    next: last === undefined ? null : `${last.since.getTime()}.${last.address_hash.toString('hex')}.${last.channel}`,
  };
}

function isAfter({ since, hash, channel }: ObjectionPlace) {
  const at = new Date(since);
  return sql<boolean>`since <= ${at} and (since < ${at} or (address_hash, channel) > (${Buffer.from(hash, 'hex')}, ${channel}))`;
}

interface ExportedObjection {
  /** As a profile has it; `hash:` and the keyed hash of one that no profile has. */
  readonly address: string;
  readonly channel: string;
  readonly since: Date;
  readonly cause: string;
}

const slice = 2_000;

/**
 * Standing objections with their address where a profile of the shop holds it: profile by profile, because the list itself keeps
 * hashes only; then those whose address no profile has.
 */
export async function* exportObjections(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
): AsyncGenerator<readonly ExportedObjection[]> {
  const told = new Set<string>();
  for (let after = 0; ; ) {
    const profiles = await db
      .selectFrom('profile')
      .select(['id', 'email_norm', 'phone_e164', 'mobile_e164'])
      .where('shop_id', '=', shop)
      .where('id', '>', after)
      .orderBy('id')
      .limit(slice)
      .execute();
    const last = profiles.at(-1);
    if (last === undefined) break;
    after = last.id;
    const addresses = [
      ...new Set(
        profiles.flatMap((row) => [
          ...(row.email_norm === null ? [] : [`email:${row.email_norm}`]),
          ...[row.phone_e164, row.mobile_e164].flatMap((phone) => (phone === null ? [] : [`phone:${phone}`])),
        ]),
      ),
    ];
    const hashes = addresses.map((address) => hashAddress(keys, shop, address));
    const { rows } = await sql<{ i: number; channel: string; since: Date; cause: string }>`
      select k.i::int as i, o.channel, o.since, o.cause
      from unnest(${hashes}::bytea[]) with ordinality k(hash, i)
      cross join lateral (select channel, since, cause from objection
        where shop_id = ${shop} and address_hash = k.hash and lifted_at is null offset 0) o`.execute(db);
    for (const { i, channel } of rows) told.add(markOf(hashes[i - 1] as Buffer, channel));
    yield rows.map(({ i, ...row }) => ({ ...row, address: (addresses[i - 1] ?? '').replace(/^\w+:/, '') }));
  }
  let place: { hash: Buffer; channel: string } = { hash: Buffer.alloc(0), channel: '' };
  for (;;) {
    const { rows } = await sql<{ hash: Buffer; channel: string; since: Date; cause: string }>`
      select address_hash as hash, channel, since, cause from objection
      where shop_id = ${shop} and lifted_at is null and (address_hash, channel) > (${place.hash}, ${place.channel})
      order by address_hash, channel limit ${slice}`.execute(db);
    const last = rows.at(-1);
    if (last === undefined) return;
    place = last;
    const unknown = rows.filter(({ hash, channel }) => !told.has(markOf(hash, channel)));
    yield unknown.map(({ hash, ...row }) => ({ ...row, address: `hash:${hash.toString('hex')}` }));
  }
}

function markOf(hash: Buffer, channel: string): string {
  return `${hash.toString('base64', 0, 12)}${channel}`;
}
