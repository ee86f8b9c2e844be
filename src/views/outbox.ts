import { type Kysely, sql } from 'kysely';
import { type MailHealth, MailState, type OutboxRow, outboxRows } from '#contract/outbox.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';

/** A shop's mails, newest first (index outbox_shop), after `cursor` ("ms id"); `shop` null: those of no shop. */
export async function listMails(
  db: Kysely<Database>,
  shop: ShopId | null,
  cursor: string | null,
): Promise<{ rows: OutboxRow[]; next: string | null }> {
  const after = readCursor(cursor);
  const rows = await db
    .selectFrom('outbox')
    .select(['id', 'kind', 'to_address', 'state', 'tries', 'fault', 'created_at', 'next_try_at', 'sent_at'])
    .select(sql<boolean>`sealed is not null`.as('kept'))
    .select(sql<string>`(extract(epoch from created_at) * 1000000)::int8::text`.as('place'))
    .where((eb) => (shop === null ? eb('of_shop', 'is', null) : eb('of_shop', '=', shop)))
    .$if(after !== null, (query) =>
      query.where(
        sql<boolean>`(created_at, id) < (to_timestamp(${after?.micros ?? 0}::float8 / 1000000), ${after?.id ?? ''})`,
      ),
    )
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(outboxRows + 1)
    .execute();
  const shown = rows.slice(0, outboxRows);
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => ({
      id: row.id,
      kind: row.kind,
      to: row.to_address,
      state: toState(row.state),
      tries: row.tries,
      fault: row.fault,
      createdAt: row.created_at.getTime(),
      nextTryAt: row.state === 'waiting' ? row.next_try_at.getTime() : null,
      sentAt: row.sent_at?.getTime() ?? null,
      kept: row.kept,
    })),
    next: rows.length > outboxRows && last !== undefined ? `${last.place} ${last.id}` : null,
  };
}

/** How mail goes, over the whole installation (index outbox_due). */
export async function findMailHealth(db: Kysely<Database>): Promise<MailHealth> {
  const { rows } = await sql<{ waiting: number; since: Date | null; fault: string | null }>`
    select count(*)::int as waiting, min(created_at) as since,
      (select fault from outbox where state = 'waiting' and fault is not null order by next_try_at desc limit 1) as fault
    from (select created_at from outbox where state = 'waiting' order by next_try_at limit 10000) due`.execute(db);
  const row = rows[0];
  return { waiting: row?.waiting ?? 0, waitingSince: row?.since?.getTime() ?? null, fault: row?.fault ?? null };
}

function readCursor(text: string | null): { micros: number; id: string } | null {
  const match = /^(\d{1,17}) ([0-9a-f-]{36})$/.exec(text ?? '');
  return match === null ? null : { micros: Number(match[1]), id: match[2] ?? '' };
}

function toState(text: string): MailState {
  const known = MailState.anyOf.find((one) => one.const === text);
  return known?.const ?? 'waiting';
}
