/** A shop's endpoints: where its systems want to be told, and the secrets that sign. */
import { randomBytes } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { AnnouncementKind } from '#domain/announcement.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { type Keys, openText, sealText } from './secret.ts';

type Db = Pool | ClientBase;

/** Why no message is sent: people paused it, three days passed without success, or the receiver said it is gone (410). */
export type PauseCause = 'staff' | 'failing' | 'gone';

export interface EndpointValues {
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly AnnouncementKind[];
}

/** How long the former secret signs too, after a rotation. */
export const overlapMs = 24 * 3_600_000;

/** 24 random bytes as Standard Webhooks writes them. */
export function newSecret(): string {
  return `whsec_${randomBytes(24).toString('base64')}`;
}

/** Answers the id and the secret, which is shown once. */
export async function createEndpoint(
  db: Db,
  keys: Keys,
  shop: ShopId,
  values: EndpointValues,
  now: Instant,
): Promise<{ readonly id: number; readonly secret: string }> {
  const secret = newSecret();
  const { rows } = await db.query<{ id: number }>(
    `insert into webhook_endpoint (shop_id, name, url, kinds, secret, created_at)
     values ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000)) returning id`,
    [shop, values.name, values.url, values.kinds, sealText(keys, secret, placeOf(shop)), now],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('the endpoint was not written');
  return { id: row.id, secret };
}

/** False when the shop has no such endpoint. */
export async function changeEndpoint(db: Db, shop: ShopId, id: number, values: EndpointValues): Promise<boolean> {
  const { rowCount } = await db.query(
    'update webhook_endpoint set name = $3, url = $4, kinds = $5 where shop_id = $1 and id = $2',
    [shop, id, values.name, values.url, values.kinds],
  );
  return rowCount === 1;
}

/** With everything that was or is to be sent to it. */
export async function deleteEndpoint(db: Db, shop: ShopId, id: number): Promise<boolean> {
  const { rowCount } = await db.query('delete from webhook_endpoint where shop_id = $1 and id = $2', [shop, id]);
  for (;;) {
    const gone = await db.query(
      `delete from webhook_delivery where shop_id = $1 and id in (
         select id from webhook_delivery where shop_id = $1 and endpoint_id = $2 limit 2000)`,
      [shop, id],
    );
    if ((gone.rowCount ?? 0) < 2000) return rowCount === 1;
  }
}

/** A new secret; the old one signs beside it for a day. null: no such endpoint. */
export async function rotateSecret(db: Db, keys: Keys, shop: ShopId, id: number, now: Instant): Promise<string | null> {
  const secret = newSecret();
  const { rowCount } = await db.query(
    `update webhook_endpoint set old_secret = secret, old_secret_until = to_timestamp($4::float8 / 1000), secret = $3
     where shop_id = $1 and id = $2`,
    [shop, id, sealText(keys, secret, placeOf(shop)), now + overlapMs],
  );
  return rowCount === 1 ? secret : null;
}

/** The secrets that sign now, the newest first; null: no such endpoint. */
export async function openSecrets(
  db: Db,
  keys: Keys,
  shop: ShopId,
  id: number,
  now: Instant,
): Promise<readonly string[] | null> {
  const { rows } = await db.query<{ secret: Buffer; old_secret: Buffer | null }>(
    `select secret, case when old_secret_until > to_timestamp($3::float8 / 1000) then old_secret end as old_secret
     from webhook_endpoint where shop_id = $1 and id = $2`,
    [shop, id, now],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const sealed = row.old_secret === null ? [row.secret] : [row.secret, row.old_secret];
  return sealed.map((one) => openText(keys, one, placeOf(shop)));
}

/** Messages go on being kept. False when it is paused already, or not there. */
export async function pauseEndpoint(
  db: Db,
  shop: ShopId,
  id: number,
  cause: PauseCause,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update webhook_endpoint set state = 'paused', paused_by = $3, paused_at = to_timestamp($4::float8 / 1000)
     where shop_id = $1 and id = $2 and state = 'active'`,
    [shop, id, cause, now],
  );
  return rowCount === 1;
}

/** What waits is due at once, as if it had never been tried. False when it is not paused, or not there. */
export async function resumeEndpoint(db: Db, shop: ShopId, id: number, now: Instant): Promise<boolean> {
  await db.query(
    `update webhook_delivery set next_try_at = to_timestamp($3::float8 / 1000), failures = 0, first_tried_at = null
     where shop_id = $1 and endpoint_id = $2 and state = 'waiting' and attempts > 0`,
    [shop, id, now],
  );
  const { rowCount } = await db.query(
    `update webhook_endpoint set state = 'active', paused_by = null, paused_at = null, failures = 0, failing_since = null,
       next_try_at = null where shop_id = $1 and id = $2 and state = 'paused'`,
    [shop, id],
  );
  return rowCount === 1;
}

function placeOf(shop: ShopId): string {
  return `webhook_endpoint ${shop}`;
}
