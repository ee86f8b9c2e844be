/** Requests of people about their rights: taken in, checked, closed; each step is written down with it, in one transaction. */
import { createHmac, randomBytes, randomInt } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { RightsChannel, RightsKind, RightsRefusal, RightsStep } from '#domain/rights.ts';
import { hashAddress, type Keys, openText, sealText } from './secret.ts';

type Db = Pool | ClientBase;

export interface NewRequest {
  readonly shopId: ShopId;
  readonly kind: RightsKind;
  readonly cameBy: RightsChannel;
  /** In its normal form. */
  readonly email: string;
  readonly lang: 'fr' | 'en';
  readonly note: string | null;
  readonly receivedAt: Instant;
  readonly dueAt: Instant;
}

export interface Step {
  readonly at: Instant;
  /** `staff:<user>`, `person`, `api`, `system`. */
  readonly by: string;
  readonly what: RightsStep;
  readonly detail?: Readonly<Record<string, string | number>>;
}

export interface RequestRef {
  readonly shopId: ShopId;
  readonly id: number;
}

/** How long the mailed link and code open, how many wrong codes end them, and how many mails a request may send. */
export const identityLife = { ms: 7 * 86_400_000, tries: 5, mails: 5 };

const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';

export async function createRequest(db: ClientBase, keys: Keys, request: NewRequest, step: Step): Promise<number> {
  const { shopId, kind, cameBy, email, lang, note, receivedAt, dueAt } = request;
  const { rows } = await db.query<{ id: number }>(
    `insert into rights_request (shop_id, kind, state, came_by, received_at, due_at, lang, address_hash, address_sealed, note_sealed)
     values ($1, $2, 'open', $3, to_timestamp($4::float8 / 1000), to_timestamp($5::float8 / 1000), $6, $7, $8, $9) returning id`,
    [
      ...[shopId, kind, cameBy, receivedAt, dueAt, lang, hashAddress(keys, shopId, `email:${email}`)],
      sealText(keys, email, place(shopId)),
      note === null ? null : sealText(keys, note, place(shopId)),
    ],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('the request was not written');
  await appendStep(db, { shopId, id }, step);
  return id;
}

/** Call inside the transaction that does what the step says: it waits for any other step of the same request. Nothing where there is none. */
export async function appendStep(db: ClientBase, { shopId, id }: RequestRef, step: Step): Promise<void> {
  const { rowCount } = await db.query('select from rights_request where shop_id = $1 and id = $2 for update', [
    shopId,
    id,
  ]);
  if (rowCount === 0) return;
  await db.query(
    `insert into rights_step (shop_id, request_id, n, at, by, what, detail)
     select $1, $2, coalesce(max(n), 0) + 1, to_timestamp($3::float8 / 1000), $4, $5, $6
     from rights_step where shop_id = $1 and request_id = $2`,
    [shopId, id, step.at, step.by, step.what, JSON.stringify(step.detail ?? {})],
  );
}

export interface IdentityMail {
  /** What the link carries; kept only as a hash. */
  readonly token: string;
  readonly code: string;
  readonly email: string;
  readonly lang: 'fr' | 'en';
  readonly kind: RightsKind;
}

/** A new link and code; the ones before open nothing any more. null: it is closed, checked, erased, or mailed too often. */
export async function startIdentityCheck(
  db: ClientBase,
  keys: Keys,
  { shopId, id }: RequestRef,
  now: Instant,
): Promise<IdentityMail | null> {
  const token = randomBytes(24).toString('base64url');
  const code = Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('');
  const { rows } = await db.query<{ address_sealed: Buffer; lang: 'fr' | 'en'; kind: RightsKind }>(
    `update rights_request set link_hash = $3, code_hash = $4, code_until = to_timestamp($5::float8 / 1000), code_tries = 0,
       code_sent = code_sent + 1
     where shop_id = $1 and id = $2 and state = 'open' and address_sealed is not null and code_sent < $6
     returning address_sealed, lang, kind`,
    [
      shopId,
      id,
      hashOf(keys, token),
      hashOf(keys, `${shopId} ${id} ${code}`),
      now + identityLife.ms,
      identityLife.mails,
    ],
  );
  const row = rows[0];
  if (row === undefined) return null;
  return { token, code, email: openText(keys, row.address_sealed, place(shopId)), lang: row.lang, kind: row.kind };
}

export interface LinkedRequest extends RequestRef {
  readonly kind: RightsKind;
  readonly state: string;
  readonly lang: 'fr' | 'en';
  readonly email: string;
  /** The shop's name. */
  readonly shop: string;
}

/** The request a mailed link opens; null: none, or its time is over. */
export async function findByLink(
  db: Db,
  keys: Keys,
  shop: ShopId,
  token: string,
  now: Instant,
): Promise<LinkedRequest | null> {
  const { rows } = await db.query(
    `select r.shop_id, r.id, r.kind, r.state, r.lang, r.address_sealed, h.name from rights_request r join shop h on h.id = r.shop_id
     where r.shop_id = $1 and r.link_hash = $2 and r.code_until > to_timestamp($3::float8 / 1000) and r.address_sealed is not null`,
    [shop, hashOf(keys, token), now],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const email = openText(keys, row.address_sealed, place(row.shop_id));
  return { shopId: row.shop_id, id: row.id, kind: row.kind, state: row.state, lang: row.lang, email, shop: row.name };
}

/** True when the code is the one that was mailed; each wrong one counts. */
export async function tryCode(
  db: Db,
  keys: Keys,
  { shopId, id }: RequestRef,
  code: string,
  now: Instant,
): Promise<boolean> {
  const typed = code.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const { rows } = await db.query<{ right: boolean }>(
    `update rights_request set code_tries = code_tries + 1
     where shop_id = $1 and id = $2 and state = 'open' and code_tries < $4 and code_until > to_timestamp($5::float8 / 1000)
     returning code_hash = $3 as right`,
    [shopId, id, hashOf(keys, `${shopId} ${id} ${typed}`), identityLife.tries, now],
  );
  return rows[0]?.right === true;
}

/** False when it is not open any more. */
export async function markVerified(
  db: ClientBase,
  { shopId, id }: RequestRef,
  how: 'link' | 'code' | 'staff',
  step: Step,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update rights_request set state = 'verified', verified_how = $3, verified_at = to_timestamp($4::float8 / 1000),
       code_hash = null
     where shop_id = $1 and id = $2 and state = 'open'`,
    [shopId, id, how, step.at],
  );
  if (rowCount === 1) await appendStep(db, { shopId, id }, step);
  return rowCount === 1;
}

/** Two months more, once, while the first month runs. False: it is closed, late, or was extended before. */
export async function extendRequest(db: ClientBase, ref: RequestRef, dueAt: Instant, step: Step): Promise<boolean> {
  const { rowCount } = await db.query(
    `update rights_request set due_at = to_timestamp($3::float8 / 1000), extended_at = to_timestamp($4::float8 / 1000)
     where shop_id = $1 and id = $2 and closed_at is null and extended_at is null and due_at >= to_timestamp($4::float8 / 1000)`,
    [ref.shopId, ref.id, dueAt, step.at],
  );
  if (rowCount === 1) await appendStep(db, ref, step);
  return rowCount === 1;
}

/** Done (`refusal` null), or refused with its reason. False: it was closed before. */
export async function closeRequest(
  db: ClientBase,
  { shopId, id }: RequestRef,
  refusal: RightsRefusal | null,
  step: Step,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update rights_request set state = case when $3::text is null then 'done' else 'refused' end, refusal = $3,
       closed_at = to_timestamp($4::float8 / 1000), link_hash = null, code_hash = null
     where shop_id = $1 and id = $2 and closed_at is null`,
    [shopId, id, refusal, step.at],
  );
  if (rowCount === 1) await appendStep(db, { shopId, id }, step);
  return rowCount === 1;
}

export function openRequestText(keys: Keys, shop: ShopId, sealed: Buffer | null): string | null {
  return sealed === null ? null : openText(keys, sealed, place(shop));
}

function hashOf(keys: Keys, text: string): Buffer {
  return createHmac('sha256', keys.subject).update(`rights ${text}`).digest();
}

function place(shop: ShopId): string {
  return `rights_request ${shop}`;
}
