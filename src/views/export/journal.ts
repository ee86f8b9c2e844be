import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { JournalFilter } from '#contract/exports.ts';
import type { ShopId } from '#domain/ids.ts';
import { hashSubject, type Keys } from '#store/secret.ts';
import type { Database } from '#store/tables.ts';
import { dayRange } from '../day-range.ts';
import { subjectsOf } from '../journal-list.ts';
import { whoOf } from '../verification.ts';
import {
  type Cell,
  type ColumnOf,
  cellsOf,
  type ExportTable,
  type ExportVoice,
  paged,
  sliceRows,
  timeCell,
} from './cell.ts';

interface JournalRow {
  readonly place: string;
  readonly received_at: Date;
  readonly seq: string;
  readonly source: string;
  readonly format: string;
  readonly kind: string | null;
  readonly facts: unknown;
  readonly outcome: string;
  readonly reasons: readonly string[];
  readonly profile_id: number | null;
  readonly order_key: string | null;
}

/** What was received, the newest first; what test keys sent is left out (rules §6.6). Primary keys of journal and journal_subject. */
export function exportJournal(
  db: Kysely<Database>,
  keys: Keys,
  shop: ShopId,
  asked: JournalFilter,
  speech: ExportVoice,
): ExportTable {
  const { subject } = asked;
  const hashes = subject === undefined ? null : subjectsOf(subject).map((one) => hashSubject(keys, shop, one));
  const where = sql.join(
    [
      dayRange(sql.ref('j.received_at'), asked, speech.settings.zone),
      asked.kind === undefined ? sql`true` : sql`j.kind = ${asked.kind}`,
      asked.outcome === undefined ? sql`true` : sql`j.outcome = ${asked.outcome}`,
      asked.reason === undefined ? sql`true` : sql`${asked.reason} = any (j.reasons)`,
      hashes === null
        ? sql`true`
        : sql`(j.received_at, j.seq) in (select s.received_at, s.seq from journal_subject s
            where s.shop_id = ${shop} and s.subject = any (${hashes.map(String)}::int8[]))`,
    ],
    sql` and `,
  );
  const columns = columnsOf(speech);
  const pages = paged(
    (after: Place | null) => findPage(db, shop, where, after),
    (row) => ({ at: row.place, seq: row.seq }),
  );
  return { columns, slices: cellsOf(columns, pages) };
}

interface Place {
  /** As the database writes it: to the microsecond. */
  readonly at: string;
  readonly seq: string;
}

/** The first condition of the place lets whole weeks be left out, the second is exact. */
async function findPage(
  db: Kysely<Database>,
  shop: ShopId,
  where: RawBuilder<unknown>,
  after: Place | null,
): Promise<JournalRow[]> {
  const older =
    after === null
      ? sql`true`
      : sql`j.received_at <= ${after.at}::timestamptz and (j.received_at, j.seq) < (${after.at}::timestamptz, ${after.seq}::int8)`;
  const { rows } = await sql<JournalRow>`
    select r.received_at, r.received_at::text as place, r.seq::text as seq, r.source, r.format, r.kind, r.facts, r.outcome, r.reasons, r.profile_id, o.key as order_key
    from (select j.received_at, j.seq, j.source, j.format, j.kind, j.facts, j.outcome, j.reasons, j.profile_id, j.order_id
      from journal j where j.shop_id = ${shop} and not j.test and ${where} and ${older}
      order by j.received_at desc, j.seq desc limit ${sliceRows}) r
    left join orders o on o.shop_id = ${shop} and o.id = r.order_id
    order by r.received_at desc, r.seq desc`.execute(db);
  return rows;
}

function columnsOf({ voice }: ExportVoice): ColumnOf<JournalRow>[] {
  const { say } = voice;
  const word = (list: string, code: string | null): Cell =>
    code === null ? null : { code, word: voice.word(list, code) };
  return [
    { name: 'receivedAt', head: say('exports.col.receivedAt'), cell: (row) => timeCell(row.received_at) },
    { name: 'seq', head: say('exports.col.seq'), cell: ({ seq }) => seq },
    {
      name: 'source',
      head: say('exports.col.source'),
      cell: ({ source }) => word('source', source.split(':')[0] ?? source),
    },
    { name: 'format', head: say('exports.col.format'), cell: ({ format }) => format },
    { name: 'kind', head: say('exports.col.kind'), cell: ({ kind }) => word('kind', kind) },
    { name: 'outcome', head: say('exports.col.outcome'), cell: ({ outcome }) => word('outcome', outcome) },
    { name: 'reasons', head: say('exports.col.reasons'), cell: ({ reasons }) => reasons },
    {
      name: 'reasonWords',
      head: say('exports.col.reasonWords'),
      cell: ({ reasons }) => reasons.map((one) => voice.word('reason', one)).join(' ') || null,
    },
    { name: 'who', head: say('exports.col.who'), cell: ({ facts }) => whoOf(facts) },
    { name: 'profileId', head: say('exports.col.profileId'), cell: (row) => row.profile_id },
    { name: 'order', head: say('exports.col.key'), cell: (row) => row.order_key },
    { name: 'facts', head: say('exports.col.facts'), cell: ({ facts }) => (facts === null ? null : { json: facts }) },
  ];
}
