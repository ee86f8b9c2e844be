/** What the external ids of an import's lines meet among the profiles that are here (rules §2.2). */
import type { ClientBase, Pool } from 'pg';
import type { ShopId } from '#domain/ids.ts';

export interface IdTouchRow {
  readonly id: number;
  /** Found by its id · known by the e-mail alone, and takes the id · has the e-mail under another id, and stays apart. */
  readonly how: 'known' | 'joined' | 'apart';
}

export interface LineIdentity {
  readonly externalId: string;
  /** In its normal form; empty: none. */
  readonly email: string;
}

/** null: no line names an id. Keys of profile_identifier and profile_email find each. */
export async function findIdTouches(
  db: Pool | ClientBase,
  shop: ShopId,
  lines: readonly LineIdentity[],
): Promise<IdTouchRow[] | null> {
  if (lines.length === 0) return null;
  const { rows } = await db.query<IdTouchRow>({
    name: 'import id touches',
    text: `select p.id, case when k.known = p.id then 'known'
          when exists (select from profile_identifier o where o.shop_id = $1 and o.profile_id = p.id and o.kind = 'external') then 'apart'
          else 'joined' end as how
      from (
        select k.email, (select i.profile_id from profile_identifier i
            where i.shop_id = $1 and i.kind = 'external' and i.value = k.external_id order by i.namespace limit 1) as known
        from unnest($2::text[], $3::text[]) k(external_id, email)
      ) k
      join profile p on p.shop_id = $1 and (p.id = k.known or (k.known is null and k.email <> '' and p.email_norm = k.email))`,
    values: [shop, lines.map(({ externalId }) => externalId), lines.map(({ email }) => email)],
  });
  return rows;
}
