import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ProfileFilter } from '#contract/exports.ts';
import { speak, type Voice } from '#contract/messages/speak.ts';
import { type ProfileField, profileFields } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Database } from '#store/tables.ts';
import { dayRange } from '../day-range.ts';
import { findProfiles, holdsBasis } from '../profile-list.ts';
import { type ColumnOf, cellsOf, type ExportTable, type ExportVoice, paged, sliceRows, timeCell } from './cell.ts';

type FieldValues = { readonly [Field in ProfileField]: string | null };

interface ProfileRow extends FieldValues {
  readonly id: number;
  readonly place: string;
  readonly created_at: Date;
  readonly last_seen: Date;
  readonly email: string | null;
  readonly external_id: string | null;
  readonly tags: readonly string[];
  readonly custom: Readonly<Record<string, string>>;
  /** By basis: status, and since when, or when it was last changed (epoch ms). */
  readonly bases: Readonly<Record<string, readonly [string, number | null]>> | null;
}

/** Every field, tag, custom field and basis of the shop's people, the newest first (index profile_created). */
export async function exportProfiles(
  db: Kysely<Database>,
  shop: ShopId,
  asked: ProfileFilter,
  speech: ExportVoice,
): Promise<ExportTable> {
  const { zone, country } = speech.settings;
  const search = asked.search?.trim() ?? '';
  const ids = search === '' ? null : (await findProfiles(db, shop, search, country)).map(({ id }) => id);
  const where = sql.join(
    [
      dayRange(sql.ref('created_at'), asked, zone),
      ids === null ? sql`true` : sql`id = any (${ids}::int8[])`,
      asked.basis === undefined ? sql`true` : holdsBasis(asked.basis, asked.status),
    ],
    sql` and `,
  );
  const columns = columnsOf(speech);
  return {
    columns,
    slices: cellsOf(
      columns,
      paged((after) => findPage(db, shop, where, after), placeOf),
    ),
  };
}

interface Place {
  /** As the database writes it: to the microsecond. */
  readonly at: string;
  readonly id: number;
}

function placeOf(row: ProfileRow): Place {
  return { at: row.place, id: row.id };
}

async function findPage(
  db: Kysely<Database>,
  shop: ShopId,
  where: RawBuilder<unknown>,
  after: Place | null,
): Promise<ProfileRow[]> {
  const older = after === null ? sql`true` : sql`(created_at, id) < (${after.at}::timestamptz, ${after.id})`;
  const { rows } = await sql<ProfileRow>`
    select p.*, p.created_at::text as place,
      (select i.value from profile_identifier i
        where i.shop_id = ${shop} and i.profile_id = p.id and i.kind = 'external' and i.until is null
        order by i.namespace, i.since limit 1) as external_id,
      (select json_object_agg(b.basis_id, json_build_array(b.status, (extract(epoch from coalesce(b.since, b.changed_at)) * 1000)::int8))
        from profile_basis b where b.shop_id = ${shop} and b.profile_id = p.id) as bases
    from (select id, created_at, last_seen, email, tags, custom, name, firstname, birthday, gender, address, address2, address3, zip,
        city, country, phone, mobile, job, company, lang, customer_group as "group"
      from profile where shop_id = ${shop} and merged_into is null and ${where} and ${older}
      order by created_at desc, id desc limit ${sliceRows}) p
    order by p.created_at desc, p.id desc`.execute(db);
  return rows;
}

/** In the order a person reads them. */
const fields: readonly ProfileField[] = ['firstname', 'name', ...profileFields].filter(
  (name, place, all): name is ProfileField => all.indexOf(name) === place,
);

function headOf({ word }: Voice, column: string): string {
  return word('exports.col', column);
}

/** As an import of profiles takes them back; what it would not understand has a header it does not know. */
function columnsOf({ voice, settings }: ExportVoice): ColumnOf<ProfileRow>[] {
  const { say } = voice;
  const fixed: ColumnOf<ProfileRow>[] = [
    { name: 'email', head: say('exports.col.email'), cell: ({ email }) => email },
    { name: 'externalId', head: say('exports.col.externalId'), cell: ({ external_id }) => external_id },
    ...fields.map((field): ColumnOf<ProfileRow> => {
      return { name: field, head: say(`exports.col.${field}`), cell: (row) => row[field] };
    }),
    { name: 'tags', head: say('exports.col.tags'), cell: ({ tags }) => tags },
  ];
  // an import takes these for fields, whatever the file's language
  const taken = new Set(
    fixed.flatMap(({ name }) => (['fr', 'en'] as const).map((lang) => headOf(speak(lang), name).toLowerCase())),
  );
  const custom = settings.customFields.map(({ id, name }): ColumnOf<ProfileRow> => {
    const head = taken.has(name.toLowerCase()) ? `custom_field_${id}` : name;
    taken.add(name.toLowerCase());
    return { name: `custom.${id}`, head, cell: (row) => row.custom[id] ?? null };
  });
  const bases = settings.bases.flatMap(({ id, name }): ColumnOf<ProfileRow>[] => [
    {
      name: `bases.${id}.status`,
      head: say('exports.col.basisValue', { basis: name }),
      cell: ({ bases: held }) => statusCell(held?.[id]?.[0]),
    },
    {
      name: `bases.${id}.since`,
      head: say('exports.col.basisDate', { basis: name }),
      cell: ({ bases: held }) => {
        const [status, since = null] = held?.[id] ?? [];
        return statusCell(status) === null || since === null ? null : { at: since };
      },
    },
  ]);
  return [
    ...fixed,
    ...custom,
    ...bases,
    {
      name: 'toConfirm',
      head: say('exports.col.toConfirm'),
      cell: ({ bases: held }) =>
        settings.bases.filter(({ id }) => held?.[id]?.[0] === 'to confirm').map(({ name }) => name),
    },
    { name: 'id', head: say('exports.col.profileId'), cell: ({ id }) => id },
    { name: 'createdAt', head: say('exports.col.knownSince'), cell: (row) => timeCell(row.created_at) },
    { name: 'lastSeen', head: say('exports.col.lastSeen'), cell: (row) => timeCell(row.last_seen) },
  ];

  /** What waits for a person's answer is no statement a file could repeat: it has a column of its own. */
  function statusCell(status: string | undefined) {
    if (status === undefined || status === 'to confirm') return null;
    return { code: status, word: voice.word('status', status) };
  }
}
