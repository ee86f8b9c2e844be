/** Mails about imports that nobody watched. */
import type { ClientBase } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';

export interface Notified {
  readonly email: string;
  readonly lang: string | null;
  /** What the shop is called. */
  readonly shop: string;
}

/** Who was named, while they belong to the shop; else whoever administers it. */
export async function listNotified(client: ClientBase, shop: ShopId, notify: string | null): Promise<Notified[]> {
  const { rows } = await client.query<Notified>(
    `select u.email, u.lang, s.name as shop from shop_member m
     join app_user u on u.id = m.user_id join shop s on s.id = m.shop_id
     where m.shop_id = $1 and (m.user_id = $2 or (m.role = 'administrator' and not exists
       (select from shop_member n where n.shop_id = $1 and n.user_id = $2))) order by u.email limit 50`,
    [shop, notify],
  );
  return rows;
}

/** A file that a program sent could not be imported: told to the administrators once a day, whatever the cause. Inside a transaction. */
export async function mailPushFailure(
  client: ClientBase,
  keys: Keys,
  shop: ShopId,
  { file, fault, url }: { readonly file: string; readonly fault: string; readonly url: string },
  now: Instant,
): Promise<void> {
  const { rows } = await client.query(
    `select from outbox where of_shop = $1 and kind = 'push_failed'
     and created_at > to_timestamp($2::float8 / 1000) - interval '24 hours' limit 1`,
    [shop, now],
  );
  if (rows.length > 0) return;
  for (const { email, lang, shop: shopName } of await listNotified(client, shop, null)) {
    const letter = { kind: 'push_failed', shop: shopName, file, fault, url } as const;
    await queueMail(client, keys, { shopId: shop, to: email, lang: lang ?? 'fr', letter }, now);
  }
}
