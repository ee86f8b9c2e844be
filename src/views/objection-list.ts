import { type Kysely, sql } from 'kysely';
import type { ObjectionList } from '#contract/contact.ts';
import type { ShopId } from '#domain/ids.ts';
import { hashAddress, type Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

const counted = 10_000;

/** The newest objections (index objection_since), and how many stand, counted up to 10,000 (index objection_standing); null: no such shop. */
export async function listObjections(db: Kysely<Database>, shop: ShopId): Promise<ObjectionList | null> {
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
      .orderBy('since', 'desc')
      .limit(200)
      .execute(),
    sql<{ n: number }>`select count(*)::int as n from (
      select from objection where shop_id = ${shop} and lifted_at is null limit ${counted}) o`.execute(db),
  ]);
  if (found === null) return null;
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
  };
}

interface ExportedObjection {
  readonly address: string;
  readonly channel: string;
  readonly since: Date;
  readonly cause: string;
}

const slice = 2_000;

/**
 * Standing objections with their address, as far as a profile of the shop still holds it: profile by profile, because the
 * list itself keeps hashes only.
 */
export async function* exportObjections(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
): AsyncGenerator<readonly ExportedObjection[]> {
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
    if (last === undefined) return;
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
    yield rows.map(({ i, ...row }) => ({ ...row, address: (addresses[i - 1] ?? '').replace(/^\w+:/, '') }));
  }
}
