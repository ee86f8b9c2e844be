import type { ClientBase, Pool } from 'pg';
import { type AuditAct, auditActs } from '#domain/audit.ts';
import type { Instant } from '#domain/facts.ts';
import type { ProfileId, ShopId } from '#domain/ids.ts';

export interface AuditEntry {
  /** null: of the installation, or of the person's own account. */
  readonly shopId: ShopId | null;
  /** null: no member; `who` says who, and without it the program itself did it. */
  readonly userId: string | null;
  /** The address of somebody without an account: an invited developer. */
  readonly who?: string;
  readonly at: Instant;
  readonly action: AuditAct;
  readonly profileId?: ProfileId | number;
  /** What it was about: names, numbers, ids. Never a datum of one of the shop's people. */
  readonly detail?: Readonly<Record<string, string | number | boolean | null | readonly (string | number)[]>>;
}

/** Writes down who did what. Call it before a secret is shown, and after a change took place; inside its transaction where there is one. */
export async function appendAudit(db: Pool | ClientBase, entry: AuditEntry): Promise<void> {
  await db.query(
    `insert into audit (of_shop, at, user_id, who, kind, action, profile_id, detail)
     values ($1, to_timestamp($2::float8 / 1000), $3, coalesce($4, (select email from app_user where id = $3)), $5, $6, $7, $8)`,
    [
      entry.shopId,
      entry.at,
      entry.userId,
      entry.who ?? null,
      auditActs[entry.action],
      entry.action,
      entry.profileId ?? null,
      JSON.stringify(entry.detail ?? {}),
    ],
  );
}
