import { type Kysely, sql } from 'kysely';
import { rawLimit } from '#contract/lists.ts';
import type { BasisMove, JournalDetail, VerificationRow } from '#contract/verification.ts';
import type { Fact, Instant, StatedPerson } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { BasisEffect, CartEffect, Effects } from '#domain/outcome.ts';
import type { BasisDefinition } from '#domain/settings.ts';
import type { Database } from '#store/tables.ts';
import { findShopSettings } from './v2-shop.ts';

interface JournalRow {
  readonly seq: string;
  readonly received_at: Date;
  readonly source: string;
  readonly format: string;
  readonly kind: string | null;
  readonly facts: unknown;
  readonly outcome: string;
  readonly reasons: string[];
  readonly effects: unknown;
  readonly profile_id: number | null;
  readonly test: boolean;
  readonly email: string | null;
}

/** Where a row of the journal stands. */
export interface JournalPlace {
  readonly at: Instant;
  readonly seq: string;
}

/** A row that can be told from another, and from itself after it was decided again. */
export interface RowMark extends JournalPlace {
  readonly outcome: string;
  readonly reasons: readonly string[];
}

/** The newest rows of a shop's journal, newest first (primary key, newest partition first): little of each, a live screen asks often. */
export async function listNewestMarks(db: Kysely<Database>, shop: ShopId, limit: number): Promise<RowMark[]> {
  const { rows } = await sql<{ at: Date; seq: string; outcome: string; reasons: string[] }>`
    select received_at as at, seq::text as seq, outcome, reasons from journal where shop_id = ${shop}
    order by received_at desc, journal.seq desc limit ${limit}`.execute(db);
  return rows.map((row) => ({ ...row, at: row.at.getTime() }));
}

/** Rows of the journal at these places, newest first. */
export async function presentRows(
  db: Kysely<Database>,
  shop: ShopId,
  places: readonly JournalPlace[],
): Promise<VerificationRow[]> {
  if (places.length === 0) return [];
  const times = places.map(({ at }) => new Date(at));
  // the list of times alone lets the planner leave out the partitions that hold none of them
  const [{ rows }, found] = await Promise.all([
    sql<JournalRow>`
      select j.seq::text as seq, j.received_at, j.source, j.format, j.kind, j.facts, j.outcome, j.reasons, j.effects, j.profile_id, j.test, p.email
      from unnest(${times}::timestamptz[], ${places.map(({ seq }) => seq)}::int8[]) k(received_at, seq)
      join journal j on j.shop_id = ${shop} and j.received_at = k.received_at and j.seq = k.seq and j.received_at = any (${times}::timestamptz[])
      left join profile p on p.shop_id = j.shop_id and p.id = j.profile_id
      order by j.received_at desc, j.seq desc`.execute(db),
    findShopSettings(db, shop),
  ]);
  const bases = found?.settings.bases ?? [];
  return rows.map((row) => presentRow(row, bases));
}

function presentRow(row: JournalRow, bases: readonly BasisDefinition[]): VerificationRow {
  const effects = toEffects(row.effects);
  const { order } = effects;
  return {
    seq: row.seq,
    receivedAt: row.received_at.getTime(),
    source: row.source,
    format: row.format,
    test: row.test,
    kind: row.kind,
    outcome: row.outcome,
    reasons: row.reasons,
    who: whoOf(row.facts) ?? row.email,
    // a test's profile is nobody
    profileId: row.test ? null : (effects.profile?.id ?? row.profile_id),
    profileCreated: effects.profile?.created ?? false,
    order: order === null ? null : { ...order, before: order.before },
    cart: presentCart(effects.cart),
    bases: presentMoves(effects.bases, bases),
  };
}

/** An item of the journal in full; `raw`: its first bytes. */
export interface JournalItem extends Omit<JournalDetail, 'raw'> {
  readonly format: string;
  readonly raw: Buffer | null;
}

/** One row's facts and the bytes as received, as text; null: no such row of this shop. */
export async function findJournalDetail(
  db: Kysely<Database>,
  shop: ShopId,
  receivedAt: Instant,
  seq: string,
): Promise<JournalDetail | null> {
  const item = await findJournalItem(db, shop, receivedAt, seq, rawLimit);
  if (item === null) return null;
  const { format: _, raw, ...rest } = item;
  return { ...rest, raw: raw?.toString('utf8') ?? null };
}

/** The same with its bytes, `limit` of them at most. */
export async function findJournalItem(
  db: Kysely<Database>,
  shop: ShopId,
  receivedAt: Instant,
  seq: string,
  limit: number,
): Promise<JournalItem | null> {
  const { rows } = await sql<{
    format: string;
    facts: unknown;
    settings_version: number | null;
    headers: Record<string, string> | null;
    raw: Buffer | null;
    bytes: number | null;
  }>`
    select j.format, j.facts, j.settings_version, coalesce(r.headers, u.headers) as headers,
      substring(coalesce(r.raw, u.raw) from 1 for ${limit}) as raw, length(coalesce(r.raw, u.raw)) as bytes
    from journal j
    left join journal_raw r on r.shop_id = j.shop_id and r.received_at = j.received_at and r.seq = j.seq
    left join journal_unread u on u.shop_id = j.shop_id and u.received_at = j.received_at and u.seq = j.seq
    where j.shop_id = ${shop} and j.received_at = to_timestamp(${receivedAt}::float8 / 1000) and j.seq = ${seq}::int8`.execute(
    db,
  );
  const row = rows[0];
  if (row === undefined) return null;
  return {
    format: row.format,
    facts: row.facts,
    settingsVersion: row.settings_version,
    headers: row.headers,
    raw: row.raw,
    rawBytes: row.bytes ?? 0,
  };
}

function presentCart(cart: CartEffect | undefined): VerificationRow['cart'] {
  if (cart === undefined) return null;
  const { key, status, before, totalMinor, currency } = cart;
  return { key, status, before, totalMinor, currency };
}

/** Basis effects with the names people know them by. */
export function presentMoves(effects: readonly BasisEffect[], bases: readonly BasisDefinition[]): BasisMove[] {
  return effects.map(({ profile, basis, from, to, cause, why }) => ({
    profile,
    basis,
    name: bases.find((one) => one.id === basis)?.name ?? String(basis),
    from,
    to,
    cause,
    ...(why === undefined ? {} : { why }),
  }));
}

const noEffects: Effects = { profile: null, order: null, bases: [] };

/** Effects as apply wrote them; what an older row lacks is empty. */
export function toEffects(value: unknown): Effects {
  return typeof value === 'object' && value !== null ? { ...noEffects, ...value } : noEffects;
}

/** Whom the first fact names: the e-mail, else the external id. */
/** E-mail or external id that the facts of an item name. */
export function whoOf(facts: unknown): string | null {
  if (!Array.isArray(facts)) return null;
  const fact: Partial<Fact> | undefined = facts[0];
  if (typeof fact !== 'object' || fact === null) return null;
  if ('person' in fact && isNamed(fact.person)) return fact.person.email ?? fact.person.externalId ?? null;
  if ('subject' in fact && isNamed(fact.subject)) return fact.subject.email ?? fact.subject.externalId ?? null;
  return null;
}

function isNamed(value: unknown): value is Partial<Pick<StatedPerson, 'email' | 'externalId'>> {
  return typeof value === 'object' && value !== null;
}
