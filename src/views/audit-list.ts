import { type Kysely, sql } from 'kysely';
import { type AuditList, type AuditQuery, type AuditRow, auditRows } from '#contract/audit.ts';
import { auditKinds } from '#domain/audit.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

const peopleShown = 200;

/** What was done in a shop, newest first (indexes audit_shop, audit_kind, audit_user); `shop` null: in the installation and on accounts. */
export async function listAudit(db: Kysely<Database>, shop: ShopId | null, asked: AuditQuery): Promise<AuditList> {
  const { kind, user, before } = asked;
  const [found, rows, people] = await Promise.all([
    shop === null ? null : findShopSettings(db, shop),
    db
      .selectFrom('audit')
      .select(['id', 'at', 'who', 'user_id', 'kind', 'action', 'profile_id', 'detail'])
      .where((eb) => (shop === null ? eb('of_shop', 'is', null) : eb('of_shop', '=', shop)))
      .$if(kind !== undefined, (query) => query.where('kind', '=', kind ?? ''))
      .$if(user !== undefined, (query) => query.where('user_id', '=', user ?? ''))
      .$if(before !== undefined, (query) => query.where('id', '<', before ?? 0))
      .orderBy('id', 'desc')
      .limit(auditRows + 1)
      .execute(),
    listPeople(db, shop),
  ]);
  const shown = rows.slice(0, auditRows);
  return {
    zone: found?.settings.zone ?? 'UTC',
    rows: shown.map((row) => ({
      id: row.id,
      at: row.at.getTime(),
      who: row.who,
      userId: row.user_id,
      kind: auditKinds.find((one) => one === row.kind) ?? 'change',
      action: row.action,
      profileId: row.profile_id,
      detail: toDetail(row.detail),
    })),
    next: rows.length > auditRows ? (shown.at(-1)?.id ?? null) : null,
    people,
  };
}

/** Whoever did one of the last thousand things. */
async function listPeople(db: Kysely<Database>, shop: ShopId | null): Promise<AuditList['people']> {
  const place = shop === null ? sql`of_shop is null` : sql`of_shop = ${shop}`;
  const { rows } = await sql<{ user_id: string; who: string }>`
    select user_id, max(who) as who from (select user_id, who from audit where ${place} order by id desc limit 1000) lately
    where user_id is not null and who is not null group by user_id order by max(who) limit ${peopleShown}`.execute(db);
  return rows.map(({ user_id, who }) => ({ userId: user_id, who }));
}

function toDetail(detail: unknown): AuditRow['detail'] {
  if (typeof detail !== 'object' || detail === null) return [];
  return Object.entries(detail).flatMap(([name, value]) =>
    value === null || (Array.isArray(value) && value.length === 0)
      ? []
      : [{ name, value: Array.isArray(value) ? value.join(', ') : String(value) }],
  );
}
