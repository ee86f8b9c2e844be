import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ConsentFilter } from '#contract/exports.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { dayRange } from '../day-range.ts';
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

interface ConsentRow {
  readonly profile_id: number;
  readonly basis_id: number;
  readonly email: string | null;
  readonly external_id: string | null;
  readonly status: string;
  readonly since: Date | null;
  readonly changed_at: Date;
  readonly activity_at: Date | null;
  readonly cause: string | null;
  readonly source: string | null;
  readonly text_version: number | null;
}

/** A line for each basis of each person that anything was ever said about, with the change that gave it its status (primary keys). */
export function exportConsents(
  db: Kysely<Database>,
  shop: ShopId,
  asked: ConsentFilter,
  speech: ExportVoice,
): ExportTable {
  const where = sql.join(
    [
      dayRange(sql.ref('b.since'), asked, speech.settings.zone),
      asked.basis === undefined ? sql`true` : sql`b.basis_id = ${asked.basis}`,
      asked.status === undefined ? sql`true` : sql`b.status = ${asked.status}`,
    ],
    sql` and `,
  );
  const columns = columnsOf(speech);
  const pages = paged(
    (after: Place | null) => findPage(db, shop, where, after),
    (row) => ({ profile: row.profile_id, basis: row.basis_id }),
  );
  return { columns, slices: cellsOf(columns, pages) };
}

interface Place {
  readonly profile: number;
  readonly basis: number;
}

async function findPage(
  db: Kysely<Database>,
  shop: ShopId,
  where: RawBuilder<unknown>,
  after: Place | null,
): Promise<ConsentRow[]> {
  const later = after === null ? sql`true` : sql`(b.profile_id, b.basis_id) > (${after.profile}, ${after.basis})`;
  const { rows } = await sql<ConsentRow>`
    select c.profile_id, c.basis_id, c.email, c.status, c.since, c.changed_at, c.activity_at, h.cause, h.source, h.text_version,
      (select i.value from profile_identifier i
        where i.shop_id = ${shop} and i.profile_id = c.profile_id and i.kind = 'external' and i.until is null
        order by i.namespace, i.since limit 1) as external_id
    from (select b.profile_id, b.basis_id, p.email, b.status, b.since, b.changed_at, b.activity_at
      from profile_basis b join profile p on p.shop_id = b.shop_id and p.id = b.profile_id and p.merged_into is null
      where b.shop_id = ${shop} and ${where} and ${later}
      order by b.profile_id, b.basis_id limit ${sliceRows}) c
    left join lateral (select cause, source, text_version from basis_history h
      where h.shop_id = ${shop} and h.profile_id = c.profile_id and h.basis_id = c.basis_id
      order by h.seq desc, h.n desc limit 1) h on true
    order by c.profile_id, c.basis_id`.execute(db);
  return rows;
}

function columnsOf({ voice, settings }: ExportVoice): ColumnOf<ConsentRow>[] {
  const { say } = voice;
  const definition = (row: ConsentRow) => settings.bases.find(({ id }) => id === row.basis_id);
  const word = (list: string, code: string | null): Cell =>
    code === null ? null : { code, word: voice.word(list, code) };
  return [
    { name: 'email', head: say('exports.col.email'), cell: ({ email }) => email },
    { name: 'externalId', head: say('exports.col.externalId'), cell: ({ external_id }) => external_id },
    { name: 'profileId', head: say('exports.col.profileId'), cell: (row) => row.profile_id },
    { name: 'basis', head: say('exports.col.basis'), cell: (row) => definition(row)?.name ?? String(row.basis_id) },
    { name: 'basisId', head: say('exports.col.basisId'), cell: (row) => row.basis_id },
    { name: 'techName', head: say('exports.col.techName'), cell: (row) => definition(row)?.techName ?? null },
    { name: 'kind', head: say('exports.col.basisKind'), cell: (row) => word('basis', definition(row)?.kind ?? null) },
    { name: 'status', head: say('exports.col.status'), cell: ({ status }) => word('status', status) },
    { name: 'since', head: say('exports.col.since'), cell: ({ since }) => timeCell(since) },
    { name: 'changedAt', head: say('exports.col.changedAt'), cell: (row) => timeCell(row.changed_at) },
    { name: 'lastActivity', head: say('exports.col.lastActivity'), cell: (row) => timeCell(row.activity_at) },
    { name: 'cause', head: say('exports.col.cause'), cell: ({ cause }) => word('cause', cause) },
    {
      name: 'source',
      head: say('exports.col.source'),
      cell: ({ source }) => word('source', source?.split(':')[0] ?? null),
    },
    { name: 'textVersion', head: say('exports.col.textVersion'), cell: (row) => row.text_version },
  ];
}
