import { type Kysely, type RawBuilder, sql } from 'kysely';
import { type JournalPage, type JournalQuery, journalRows, type TroubleList } from '#contract/verification.ts';
import { emailNormal } from '#domain/email.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { hashSubject, type Keys, type Subject } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { type JournalPlace, presentRows } from './verification.ts';

/** Rows one answer looks at, at most, where no index knows the whole filter: the answer says how far it came. */
const lookAt = 10_000;
/** Tried first: enough for a filter that most rows pass. */
const lookFirst = 500;
const troubleDays = 7;

/** One page of the journal, newest first, by keyset. Every filter stands on an index; what remains of it is looked at in bounds. */
export async function findJournalPage(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
  query: JournalQuery,
): Promise<JournalPage> {
  const before = query.beforeAt === undefined ? null : { at: query.beforeAt, seq: query.beforeSeq ?? '0' };
  const filter = sql`(${query.kind ?? null}::text is null or kind = ${query.kind ?? null})
    and (${query.outcome ?? null}::text is null or outcome = ${query.outcome ?? null})
    and (${query.reason ?? null}::text is null or ${query.reason ?? null} = any (reasons))`;
  const { subject } = query;
  if (subject === undefined)
    return pageOf(db, shop, candidatesByIndex(shop, query, before), isExact(query) ? null : filter);
  const hashes = hashesOf(keys, shop, subjectsOf(subject));
  return pageOfSubjects(db, shop, hashes, before, isExact(query) ? null : filter);
}

/** One page of what names any of these, newest first. */
export async function findPageOf(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
  subjects: readonly Subject[],
  before: JournalPlace | null,
): Promise<JournalPage> {
  return pageOfSubjects(db, shop, hashesOf(keys, shop, subjects), before, null);
}

/** True where an index knows the whole filter: each row it finds is one to show. */
function isExact({ kind, outcome, reason, subject }: JournalQuery): boolean {
  if (reason !== undefined) return false;
  if (subject !== undefined) return kind === undefined && outcome === undefined;
  return outcome === undefined || (outcome !== 'applied' && kind === undefined);
}

function hashesOf(keys: Keys, shop: ShopId, subjects: readonly Subject[]): bigint[] {
  return subjects.map((subject) => hashSubject(keys, shop, subject));
}

/** The next `look` rows that may be wanted. */
type Candidates = (look: number) => RawBuilder<unknown>;

async function pageOf(
  db: Kysely<Database>,
  shop: ShopId,
  candidates: Candidates,
  filter: RawBuilder<unknown> | null,
): Promise<JournalPage> {
  let seen = await findPlaces(db, candidates, filter, filter === null ? journalRows : lookFirst);
  if (filter !== null && seen.places.length < journalRows && seen.lookedTo !== null) {
    seen = await findPlaces(db, candidates, filter, lookAt);
  }
  const { places, lookedTo } = seen;
  const next = places.length === journalRows ? (places.at(-1) ?? null) : lookedTo;
  return { rows: await presentRows(db, shop, places), next };
}

/** In two steps: the planner then knows which weeks of the journal hold the rows, and plans for no other. */
async function pageOfSubjects(
  db: Kysely<Database>,
  shop: ShopId,
  hashes: readonly bigint[],
  before: JournalPlace | null,
  filter: RawBuilder<unknown> | null,
): Promise<JournalPage> {
  if (filter === null) {
    const places = await findPlacesOf(db, shop, hashes, before, journalRows);
    const next = places.length === journalRows ? (places.at(-1) ?? null) : null;
    return { rows: await presentRows(db, shop, places), next };
  }
  const looked = await findPlacesOf(db, shop, hashes, before, lookFirst);
  const found = await filterPlaces(db, shop, looked, filter);
  if (found.length < journalRows && looked.length === lookFirst)
    return pageOf(db, shop, candidatesOf(shop, hashes, before), filter);
  const next = found.length === journalRows ? (found.at(-1) ?? null) : null;
  return { rows: await presentRows(db, shop, found), next };
}

/** Where any of these is named, newest first (primary key of journal_subject). */
async function findPlacesOf(
  db: Kysely<Database>,
  shop: ShopId,
  hashes: readonly bigint[],
  before: JournalPlace | null,
  limit: number,
): Promise<JournalPlace[]> {
  const { rows } = await sql<{ at: Date; seq: string }>`
    select received_at as at, seq::text as seq from (${subjectPlaces(shop, hashes, before, limit)}) s
    order by received_at desc, s.seq desc`.execute(db);
  return rows.map(({ at, seq }) => ({ at: at.getTime(), seq }));
}

/** Those whose rows pass, a page of them at most. */
async function filterPlaces(
  db: Kysely<Database>,
  shop: ShopId,
  places: readonly JournalPlace[],
  filter: RawBuilder<unknown>,
): Promise<JournalPlace[]> {
  if (places.length === 0) return [];
  const times = places.map(({ at }) => new Date(at));
  const { rows } = await sql<{ at: Date; seq: string }>`
    select j.received_at as at, j.seq::text as seq
    from unnest(${times}::timestamptz[], ${places.map(({ seq }) => seq)}::int8[]) k(received_at, seq)
    join journal j on j.shop_id = ${shop} and j.received_at = k.received_at and j.seq = k.seq and j.received_at = any (${times}::timestamptz[])
    where ${filter} order by j.received_at desc, j.seq desc limit ${journalRows}`.execute(db);
  return rows.map(({ at, seq }) => ({ at: at.getTime(), seq }));
}

/** Rows that pass the filter among the next `look` ones; `lookedTo`: the last of these, when more may lie behind it. */
async function findPlaces(
  db: Kysely<Database>,
  candidates: Candidates,
  filter: RawBuilder<unknown> | null,
  look: number,
): Promise<{ readonly places: JournalPlace[]; readonly lookedTo: Place }> {
  // a place whose row is gone counts as looked at
  const { rows } = await sql<{ at: Date; seq: string; found: boolean }>`
    with looked as materialized (${candidates(look)}),
      last as (select received_at, seq from looked order by received_at, seq limit 1),
      found as (select received_at, seq from looked where outcome is not null and (${filter ?? sql`true`})
        order by received_at desc, seq desc limit ${journalRows})
    select received_at as at, seq::text as seq, true as found from found
    union all select received_at, seq::text, false from last where (select count(*) from looked) >= ${look}`.execute(
    db,
  );
  const toPlace = ({ at, seq }: { at: Date; seq: string }): JournalPlace => ({ at: at.getTime(), seq });
  const last = rows.find((row) => !row.found);
  return {
    places: rows.filter((row) => row.found).map(toPlace),
    lookedTo: last === undefined ? null : toPlace(last),
  };
}

type Place = JournalPlace | null;

/** By kind (index journal_kind), by what went wrong (index journal_trouble), else by arrival (primary key). */
function candidatesByIndex(shop: ShopId, { kind, outcome }: JournalQuery, before: Place): Candidates {
  const trouble = outcome !== undefined && outcome !== 'applied';
  const narrow = trouble
    ? sql`and outcome = ${outcome} and outcome <> 'applied'`
    : kind === undefined
      ? sql``
      : sql`and kind = ${kind}`;
  return (look) => sql`select received_at, seq, kind, outcome, reasons from journal
    where shop_id = ${shop} ${narrow} ${olderThan(before)}
    order by received_at desc, seq desc limit ${look}`;
}

/** By keyed hash (primary key of journal_subject), each of the readings of the text. */
function candidatesOf(shop: ShopId, subjects: readonly bigint[], before: Place): Candidates {
  return (look) => sql`select s.received_at, s.seq, j.kind, j.outcome, j.reasons
    from (${subjectPlaces(shop, subjects, before, look)}) s
    left join journal j on j.shop_id = ${shop} and j.received_at = s.received_at and j.seq = s.seq`;
}

function subjectPlaces(shop: ShopId, subjects: readonly bigint[], before: Place, limit: number): RawBuilder<unknown> {
  return sql`select received_at, seq from (
      select distinct s.received_at, s.seq from unnest(${subjects.map(String)}::int8[]) k(subject)
      cross join lateral (select received_at, seq from journal_subject
        where shop_id = ${shop} and subject = k.subject ${olderThan(before)}
        order by received_at desc, seq desc limit ${limit}) s) d
      order by received_at desc, seq desc limit ${limit}`;
}

/** The first condition lets whole weeks be left out, the second is exact. */
function olderThan(before: Place): RawBuilder<unknown> {
  if (before === null) return sql``;
  const at = sql`to_timestamp(${before.at}::float8 / 1000)`;
  return sql`and received_at <= ${at} and (received_at, seq) < (${at}, ${before.seq}::int8)`;
}

/** What a search may mean: an e-mail, an external id, an order's reference. */
export function subjectsOf(text: string): Subject[] {
  const wanted = text.trim();
  const email = emailNormal(wanted);
  return [...(email === null ? [] : [`email:${email}` as const]), `external:${wanted}`, `order:${wanted}`];
}

/** How many rows of the journal lie between two places, both left out; counts to `limit` at most (primary key). */
export async function countBetween(
  db: Kysely<Database>,
  shop: ShopId,
  older: NonNullable<Place>,
  newer: NonNullable<Place>,
  limit = 10_000,
): Promise<number> {
  const from = sql`to_timestamp(${older.at}::float8 / 1000)`;
  const to = sql`to_timestamp(${newer.at}::float8 / 1000)`;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from (select 1 from journal where shop_id = ${shop}
      and received_at >= ${from} and received_at <= ${to}
      and (received_at, seq) > (${from}, ${older.seq}::int8) and (received_at, seq) < (${to}, ${newer.seq}::int8)
      limit ${limit}) between_them`.execute(db);
  return rows[0]?.count ?? 0;
}

/** What could not be used in the last days, the most frequent first (primary key of arrival_hour). */
export async function findTroubles(db: Kysely<Database>, shop: ShopId, now: Instant): Promise<TroubleList> {
  const { rows } = await sql<{ outcome: string; reason: string; count: string; last_at: Date }>`
    select outcome, reason, sum(n) as count, max(last_at) as last_at from arrival_hour
    where shop_id = ${shop} and hour > to_timestamp(${now - troubleDays * 86_400_000}::float8 / 1000)
    group by outcome, reason having sum(n) > 0 order by sum(n) desc, outcome, reason`.execute(db);
  const received = rows.filter(({ reason }) => reason === '').reduce((sum, { count }) => sum + Number(count), 0);
  const wrong = rows.filter(({ outcome, reason }) => reason !== '' && outcome !== 'unchanged');
  return {
    days: troubleDays,
    received,
    groups: wrong.map(({ outcome, reason, count, last_at }) => ({
      outcome,
      reason,
      count: Number(count),
      lastAt: last_at.getTime(),
    })),
  };
}
