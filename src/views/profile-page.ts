import { type Kysely, sql } from 'kysely';
import type { BasisHistoryRow, ProfileBasisRow, ProfilePage, StaffStatus } from '#contract/profile.ts';
import { type Act, type Standing, step, unknownStanding } from '#domain/basis.ts';
import { type Instant, profileFields } from '#domain/facts.ts';
import { basisId, profileId, type ShopId, seq } from '#domain/ids.ts';
import { refusedMoves } from '#domain/refused-move.ts';
import type { BasisDefinition } from '#domain/settings.ts';
import type { Database } from '#store/tables.ts';
import { listActs } from './basis-acts.ts';
import { listCartsOfProfile } from './cart-list.ts';
import { listOrdersOfProfile } from './order-list.ts';
import { findShopSettings } from './v2-shop.ts';

/** Everything the profile screen shows, in a constant number of queries; null: no such profile in this shop. */
export async function findProfilePage(
  db: Kysely<Database>,
  shop: ShopId,
  id: number,
  now: Instant,
): Promise<ProfilePage | null> {
  const [row, found] = await Promise.all([findRow(db, shop, id), findShopSettings(db, shop)]);
  if (row === undefined || found === null) return null;
  const { settings } = found;
  const person = [id, ...(row.absorbed ?? [])];
  const [orders, carts, bases, history, acts, identifiers, absorbed] = await Promise.all([
    listOrdersOfProfile(db, shop, person, settings.validation),
    listCartsOfProfile(db, shop, person),
    listBases(db, shop, id, settings.bases, now),
    listHistory(db, shop, id, settings.bases),
    listActs(db, shop, id),
    listIdentifiers(db, shop, id),
    listNamed(db, shop, row.absorbed ?? []),
  ]);
  const { customer_group, ...columns } = row;
  const values: Record<string, unknown> = { ...columns, group: customer_group };
  const stated = isRecord(row.stated) ? row.stated : {};
  const fields = Object.fromEntries(
    profileFields.flatMap((field) => (typeof values[field] === 'string' ? [[field, values[field]]] : [])),
  );
  return {
    id: row.id,
    zone: settings.zone,
    email: row.email,
    emailClaimed: row.email_rank === 1,
    createdAt: row.created_at.getTime(),
    lastSeen: row.last_seen.getTime(),
    accountAt: row.account_at?.getTime() ?? null,
    mergedInto: row.merged_into,
    absorbed,
    fields,
    claimed: profileFields.filter((field) => isClaimed(stated[field]) && field in fields),
    nameStandIn: row.name === null ? (row.email?.split('@')[0] ?? null) : null,
    tags: row.tags,
    custom: isRecord(row.custom)
      ? Object.fromEntries(Object.entries(row.custom).map(([key, value]) => [key, String(value)]))
      : {},
    customFields: settings.customFields.map(({ id: field, type, options }) => ({
      id: field,
      type,
      options: [...options],
    })),
    customNames: Object.fromEntries(settings.customFields.map(({ id: field, name }) => [String(field), name])),
    identifiers,
    orders,
    carts,
    bases,
    history: [...history, ...refusedRows(acts, settings.bases)]
      .sort((a, b) => b.arrivedAt - a.arrivedAt)
      .slice(0, shownHistory),
  };
}

function findRow(db: Kysely<Database>, shop: ShopId, id: number) {
  return db
    .selectFrom('profile')
    .select([
      'id',
      'email',
      'email_rank',
      'created_at',
      'last_seen',
      'account_at',
      'merged_into',
      'absorbed',
      'name',
      'firstname',
      'birthday',
      'gender',
      'address',
      'address2',
      'address3',
      'zip',
      'city',
      'country',
      'phone',
      'mobile',
      'job',
      'company',
      'lang',
      'customer_group',
      'tags',
      'custom',
      'stated',
    ])
    .where('shop_id', '=', shop)
    .where('id', '=', id)
    .executeTakeFirst();
}

/** Every basis of the shop with the profile's status in it; *unknown* where nothing was ever said. */
async function listBases(
  db: Kysely<Database>,
  shop: ShopId,
  profile: number,
  bases: readonly BasisDefinition[],
  now: Instant,
): Promise<ProfileBasisRow[]> {
  const rows = await db
    .selectFrom('profile_basis')
    .select(['basis_id', 'status', 'since', 'fold', 'changed_at'])
    .where('shop_id', '=', shop)
    .where('profile_id', '=', profile)
    .execute();
  const known = new Map(rows.map((row) => [row.basis_id, row]));
  return bases
    .filter((basis) => basis.active || known.has(basis.id))
    .map((basis) => {
      const row = known.get(basis.id);
      const standing: Standing = { ...unknownStanding, ...row?.fold };
      const status = row?.status ?? 'unknown';
      const refusedAt = status === 'refused' ? (standing.refusal?.at ?? null) : null;
      return {
        id: basis.id,
        name: basis.name,
        kind: basis.kind,
        status,
        since: row?.since?.getTime() ?? refusedAt ?? null,
        offers: offersOf(standing, basis, profile, now),
      };
    });
}

const staffStatuses: readonly StaffStatus[] = ['accepted', 'refused', 'unknown'];

/** Asks the rules what a click of staff would do now, with and without a written reason (rules §4, table). */
function offersOf(
  standing: Standing,
  basis: BasisDefinition,
  profile: number,
  now: Instant,
): ProfileBasisRow['offers'] {
  const moves = (status: StaffStatus, writtenReason: boolean): boolean => {
    const act: Act = {
      seq: seq(0n),
      n: 0,
      profileId: profileId(profile),
      basisId: basisId(basis.id),
      kind: 'set',
      toward: status,
      cause: 'staff',
      source: 'staff',
      at: now,
      arrivedAt: now,
      channel: null,
      series: null,
      orderId: null,
      flags: writtenReason ? { writtenReason: 'asked' } : {},
      void: false,
    };
    return step(standing, act, null, basis.kind).standing.status !== standing.status;
  };
  return staffStatuses
    .filter((status) => status !== standing.status)
    .map((status) => {
      const freely = moves(status, false);
      const possible = freely || moves(status, true);
      return { status, possible, needsReason: possible && !freely };
    });
}

const shownHistory = 300;

/** The proof, newest first; who of the team spoke is looked up in the same statement. */
async function listHistory(
  db: Kysely<Database>,
  shop: ShopId,
  profile: number,
  bases: readonly BasisDefinition[],
): Promise<BasisHistoryRow[]> {
  const rows = await db
    .selectFrom('basis_history as h')
    .leftJoin('app_user as u', (join) => join.on(sql<boolean>`h.source = 'staff:' || u.id`))
    .leftJoin('consent_evidence as e', (join) =>
      join
        .onRef('e.shop_id', '=', 'h.shop_id')
        .onRef('e.subject_key', '=', 'h.subject_key')
        .onRef('e.seq', '=', 'h.seq')
        .onRef('e.n', '=', 'h.n'),
    )
    .select([
      'h.n',
      'h.basis_id',
      'h.from_status',
      'h.to_status',
      'h.cause',
      'h.source',
      'h.at',
      'h.arrived_at',
      'u.name as by',
      sql<string>`h.seq::text`.as('seq'),
      sql<string | null>`e.body ->> 'reason'`.as('reason'),
    ])
    .where('h.shop_id', '=', shop)
    .where('h.profile_id', '=', profile)
    .orderBy('h.arrived_at', 'desc')
    .orderBy('h.seq', 'desc')
    .orderBy('h.n', 'desc')
    .limit(shownHistory)
    .execute();
  return rows.map((row) => ({
    seq: row.seq,
    n: row.n,
    basis: row.basis_id,
    name: nameOf(bases, row.basis_id),
    from: row.from_status,
    to: row.to_status,
    cause: row.cause,
    source: row.source,
    by: row.by,
    at: row.at.getTime(),
    arrivedAt: row.arrived_at.getTime(),
    reason: row.reason,
    why: null,
  }));
}

/** What a rule stood against, beside what moved. */
function refusedRows(acts: readonly Act[], bases: readonly BasisDefinition[]): BasisHistoryRow[] {
  return refusedMoves(acts, bases).map(({ act, status, reason }) => ({
    seq: act.seq.toString(),
    n: act.n,
    basis: act.basisId,
    name: nameOf(bases, act.basisId),
    from: status,
    to: act.toward,
    cause: act.cause,
    source: act.source,
    by: null,
    at: act.at,
    arrivedAt: act.arrivedAt,
    reason: act.flags.writtenReason ?? null,
    why: reason,
  }));
}

function nameOf(bases: readonly BasisDefinition[], id: number): string {
  return bases.find((basis) => basis.id === id)?.name ?? String(id);
}

/** Profiles by what people know them by. */
async function listNamed(db: Kysely<Database>, shop: ShopId, ids: readonly number[]): Promise<ProfilePage['absorbed']> {
  if (ids.length === 0) return [];
  const rows = await db
    .selectFrom('profile')
    .select(['id', 'email', 'firstname', 'name'])
    .where('shop_id', '=', shop)
    .where('id', 'in', ids)
    .orderBy('id')
    .execute();
  return rows.map(({ id, email, firstname, name }) => ({
    id,
    email,
    name: [firstname, name].filter((part) => part !== null).join(' ') || null,
  }));
}

async function listIdentifiers(
  db: Kysely<Database>,
  shop: ShopId,
  profile: number,
): Promise<ProfilePage['identifiers']> {
  const rows = await db
    .selectFrom('profile_identifier')
    .select(['kind', 'namespace', 'value', 'until'])
    .where('shop_id', '=', shop)
    .where('profile_id', '=', profile)
    .orderBy('kind')
    .orderBy('since')
    .limit(50)
    .execute();
  return rows.map(({ until, ...row }) => ({ ...row, until: until?.getTime() ?? null }));
}

/** Its last word came from a browser: rank 1. */
function isClaimed(stated: unknown): boolean {
  return Array.isArray(stated) && stated[0] === 1;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
