import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { ExportScope } from '#contract/export-kinds.ts';
import type { OrderFilter } from '#contract/exports.ts';
import { maskEmail } from '#contract/mask.ts';
import { type ProfileField, profileFields } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { type OrderTexts, orderTexts } from '#domain/order-text.ts';
import { orderTextColumn } from '#store/order-columns.ts';
import type { Database } from '#store/tables.ts';
import { dayRange } from '../day-range.ts';
import { findOrderIds, inState, validatedWord } from '../order-list.ts';
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

interface OrderRow {
  readonly id: number;
  readonly place: string;
  readonly key: string;
  readonly number: string | null;
  readonly created_at: Date;
  readonly placed_at: Date;
  readonly payment: string;
  readonly fulfilment: string;
  readonly cancelled: boolean;
  readonly validated: boolean;
  readonly validated_at: Date | null;
  readonly currency: string;
  readonly total_minor: number;
  readonly net_minor: number;
  readonly refunded_minor: number;
  readonly tags: readonly string[];
  readonly attributes: readonly (readonly string[])[] | null;
  readonly items: readonly Item[] | null;
  readonly email: string | null;
  readonly contact_email: string | null;
  readonly external_id: string | null;
  readonly texts: OrderTexts;
  readonly person: Readonly<Record<ProfileField, string | null>> | null;
}

interface Item {
  readonly sku: string | null;
  readonly name: string | null;
  readonly quantity: number;
  readonly unit: { readonly amount: string; readonly currency: string | null } | null;
}

/** The orders that a filter of the order list shows, in its order (indexes orders_created, orders_placed); a line each. */
export async function exportOrders(
  db: Kysely<Database>,
  shop: ShopId,
  asked: OrderFilter,
  scope: ExportScope,
  speech: ExportVoice,
): Promise<ExportTable> {
  const search = asked.search?.trim() ?? '';
  const found = search === '' ? null : await findOrderIds(db, shop, search);
  const by = asked.sort === 'placed' ? 'placed_at' : 'created_at';
  const where = sql.join(
    [
      dayRange(sql.ref(`orders.${by}`), asked, speech.settings.zone),
      found === null ? sql`true` : sql`orders.id = any (${found}::int8[])`,
      asked.counts === undefined ? sql`true` : sql`orders.validated = ${asked.counts === 'validated'}`,
      asked.state === undefined ? sql`true` : inState(asked.state),
    ],
    sql` and `,
  );
  const columns = columnsOf(scope, speech);
  const pages = paged(
    (after: Place | null) => findPage(db, shop, by, where, after),
    (row) => ({ at: row.place, id: row.id }),
  );
  return { columns, slices: cellsOf(columns, pages) };
}

interface Place {
  /** As the database writes it: to the microsecond. */
  readonly at: string;
  readonly id: number;
}

async function findPage(
  db: Kysely<Database>,
  shop: ShopId,
  by: 'placed_at' | 'created_at',
  where: RawBuilder<unknown>,
  after: Place | null,
): Promise<OrderRow[]> {
  const column = sql.ref(`orders.${by}`);
  const older = after === null ? sql`true` : sql`(${column}, orders.id) < (${after.at}::timestamptz, ${after.id})`;
  const texts = sql.join(orderTexts.flatMap((name) => [sql.lit(name), sql.ref(`o.${orderTextColumn(name)}`)]));
  const person = sql.join(
    profileFields.flatMap((name) => [sql.lit(name), sql.ref(`p.${name === 'group' ? 'customer_group' : name}`)]),
  );
  const stored = sql.join(orderTexts.map((name) => sql.ref(`orders.${orderTextColumn(name)}`)));
  const { rows } = await sql<OrderRow>`
    select o.id, ${sql.ref(`o.${by}`)}::text as place, o.key, o.number, o.created_at, o.placed_at, o.payment, o.fulfilment, o.cancelled, o.validated, o.validated_at,
      o.currency, o.total_minor, o.net_minor, o.refunded_minor, o.tags, o.attributes, o.items,
      p.email, o.contact_email,
      (select i.value from profile_identifier i
        where i.shop_id = ${shop} and i.profile_id = o.profile_id and i.kind = 'external' and i.until is null
        order by i.namespace, i.since limit 1) as external_id,
      json_build_object(${texts}) as texts,
      case when p.id is not null then json_build_object(${person}) end as person
    from (select id, key, number, profile_id, created_at, placed_at, payment, fulfilment, cancelled, validated, validated_at, currency,
        total_minor, net_minor, refunded_minor, tags, attributes, items, contact_email, ${stored}
      from orders where orders.shop_id = ${shop} and ${where} and ${older}
      order by ${column} desc, orders.id desc limit ${sliceRows}) o
    left join profile p on p.shop_id = ${shop} and p.id = o.profile_id
    order by ${sql.ref(`o.${by}`)} desc, o.id desc`.execute(db);
  return rows;
}

function columnsOf(scope: ExportScope, { voice, settings }: ExportVoice): ColumnOf<OrderRow>[] {
  const { say } = voice;
  const full = scope === 'full';
  const columns: ColumnOf<OrderRow>[] = [
    { name: 'key', head: say('exports.col.key'), cell: ({ key }) => key },
    { name: 'number', head: say('exports.col.number'), cell: ({ number }) => number },
    { name: 'placedAt', head: say('exports.col.placedAt'), cell: (row) => timeCell(row.placed_at) },
    { name: 'receivedAt', head: say('exports.col.receivedAt'), cell: (row) => timeCell(row.created_at) },
    { name: 'state', head: say('exports.col.state'), cell: stateCell },
    { name: 'payment', head: say('exports.col.payment'), cell: ({ payment }) => word('payment', payment) },
    { name: 'fulfilment', head: say('exports.col.fulfilment'), cell: (row) => word('fulfilment', row.fulfilment) },
    { name: 'cancelled', head: say('exports.col.cancelled'), cell: ({ cancelled }) => cancelled },
    {
      name: 'validated',
      head: say('exports.col.validated'),
      cell: (row) => word('validation', validatedWord(row, settings.validation)),
    },
    { name: 'validatedAt', head: say('exports.col.validatedAt'), cell: (row) => timeCell(row.validated_at) },
    { name: 'currency', head: say('exports.col.currency'), cell: ({ currency }) => currency },
    { name: 'total', head: say('exports.col.total'), cell: (row) => money(row, row.total_minor) },
    {
      name: 'refunded',
      head: say('exports.col.refunded'),
      cell: (row) => (row.refunded_minor === 0 ? null : money(row, row.refunded_minor)),
    },
    { name: 'net', head: say('exports.col.net'), cell: (row) => money(row, row.net_minor) },
    ...orderTexts.map((name): ColumnOf<OrderRow> => {
      return { name, head: say(`orderText.${name}`), cell: ({ texts }) => texts[name] };
    }),
    { name: 'items', head: say('exports.col.items'), cell: ({ items }) => itemsCell(items) },
    {
      name: 'email',
      head: say('exports.col.email'),
      cell: (row) => {
        const email = emailOf(row);
        return email === null || full ? email : maskEmail(email);
      },
    },
  ];
  if (!full) return columns;
  return [
    ...columns,
    { name: 'externalId', head: say('exports.col.externalId'), cell: ({ external_id }) => external_id },
    ...personFields.map((field): ColumnOf<OrderRow> => {
      return { name: field, head: say(`exports.col.${field}`), cell: ({ person }) => person?.[field] ?? null };
    }),
    { name: 'orderTags', head: say('exports.col.orderTags'), cell: ({ tags }) => tags },
    {
      name: 'attributes',
      head: say('exports.col.attributes'),
      cell: ({ attributes }) => (attributes === null ? null : { json: attributes }),
    },
  ];

  function word(list: string, code: string): Cell {
    return { code, word: voice.word(list, code) };
  }

  /** As the list names states: the first that holds; in a word that an import reads as exactly this state, where there is one. */
  function stateCell({ payment, fulfilment, cancelled }: OrderRow): Cell {
    if (cancelled) return word('state', 'cancelled');
    if (fulfilment === 'shipped') return word('state', 'shipped');
    if (payment === 'paid') return word('state', 'paid');
    return payment === 'authorised' ? word('exports.state', 'authorised') : word('state', 'placed');
  }
}

/** The owner's, as the order list shows it; where an id says who owns it, the one that was given with the order. */
function emailOf({ email, contact_email: given, external_id: id }: OrderRow): string | null {
  return id === null ? (email ?? given) : (given ?? email);
}

/** Of whoever ordered. */
const personFields = [
  'firstname',
  'name',
  'company',
  'address',
  'address2',
  'address3',
  'zip',
  'city',
  'country',
  'phone',
  'mobile',
] as const;

function money({ currency }: OrderRow, minor: number): Cell {
  return { minor, currency };
}

function itemsCell(items: readonly Item[] | null): Cell {
  if (items === null || items.length === 0) return null;
  return { json: items.map(({ sku, name, quantity, unit }) => ({ sku, name, quantity, unit })) };
}
