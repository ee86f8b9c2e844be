import type { Kysely } from 'kysely';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import type { V2Page } from './v2-filter.ts';

/** One basis of one profile, with the change that gave it its present status. */
export interface V2CustomerConsent {
  readonly basisId: number;
  readonly status: string;
  readonly since: Date | null;
  /** Of the last change, by its own time: a refusal has no `since`. null: no row of the history tells. */
  readonly movedAt: Date | null;
  readonly changedAt: Date;
  readonly cause: string | null;
  readonly source: string | null;
  readonly seq: string | null;
}

/** null: no such profile. Bases nothing was ever said about are not listed. Primary keys of profile_basis and basis_history. */
export async function findV2CustomerConsents(
  db: Kysely<Database>,
  shop: ShopId,
  profile: number,
  page: V2Page,
): Promise<{ readonly profileId: number; readonly consents: V2CustomerConsent[] } | null> {
  const named = await db
    .selectFrom('profile')
    .select(['id', 'merged_into'])
    .where('shop_id', '=', shop)
    .where('id', '=', profile)
    .executeTakeFirst();
  if (named === undefined) return null;
  const profileId = named.merged_into ?? named.id;
  const consents = await db
    .selectFrom('profile_basis as b')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('basis_history as h')
          .select(['h.cause', 'h.source', 'h.at', (s) => s.cast<string>('h.seq', 'text').as('seq')])
          .whereRef('h.shop_id', '=', 'b.shop_id')
          .whereRef('h.profile_id', '=', 'b.profile_id')
          .whereRef('h.basis_id', '=', 'b.basis_id')
          .orderBy('h.seq', 'desc')
          .orderBy('h.n', 'desc')
          .limit(1)
          .as('last'),
      (join) => join.onTrue(),
    )
    .select([
      'b.basis_id as basisId',
      'b.status',
      'b.since',
      'last.at as movedAt',
      'b.changed_at as changedAt',
      'last.cause',
      'last.source',
      'last.seq',
    ])
    .where('b.shop_id', '=', shop)
    .where('b.profile_id', '=', profileId)
    .orderBy('b.basis_id')
    .offset(page.startAt)
    .limit(page.maxResults)
    .execute();
  return { profileId, consents };
}
