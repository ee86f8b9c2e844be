import type { Kysely } from 'kysely';
import type { ProfileRow } from '#contract/profile.ts';
import { emailNormal } from '#domain/email.ts';
import type { ShopId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { Database } from '#store/tables.ts';

/** The profiles that came or changed last (index profile_created, by creation). */
export async function listNewestProfiles(db: Kysely<Database>, shop: ShopId): Promise<ProfileRow[]> {
  const rows = await profiles(db, shop).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(50).execute();
  return rows.map(toRow);
}

/** Exact matches only, each by an index: e-mail in its normal form, external id, mobile in E.164 (read in `country`), our own id. */
export async function findProfiles(
  db: Kysely<Database>,
  shop: ShopId,
  text: string,
  country: string,
): Promise<ProfileRow[]> {
  const email = emailNormal(text);
  const mobile = phoneNormal(text, country, country);
  const id = /^\d{1,15}$/.test(text) ? Number(text) : null;
  const rows = await profiles(db, shop)
    .where((eb) =>
      eb.or([
        eb(
          'id',
          'in',
          eb
            .selectFrom('profile_identifier as i')
            .select('i.profile_id')
            .where('i.shop_id', '=', shop)
            .where('i.kind', '=', 'external')
            .where('i.value', '=', text),
        ),
        ...(email === null ? [] : [eb('email_norm', '=', email)]),
        ...(mobile === null ? [] : [eb('mobile_e164', '=', mobile)]),
        ...(id === null ? [] : [eb('id', '=', id)]),
      ]),
    )
    .orderBy('id')
    .limit(50)
    .execute();
  return rows.map(toRow);
}

function profiles(db: Kysely<Database>, shop: ShopId) {
  return db
    .selectFrom('profile')
    .select(['id', 'email', 'name', 'firstname', 'last_seen'])
    .where('shop_id', '=', shop)
    .where('merged_into', 'is', null);
}

function toRow({
  last_seen,
  ...row
}: {
  id: number;
  email: string | null;
  name: string | null;
  firstname: string | null;
  last_seen: Date;
}): ProfileRow {
  return { ...row, lastSeen: last_seen.getTime() };
}
