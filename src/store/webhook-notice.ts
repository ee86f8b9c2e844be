import type { ClientBase } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';
import type { EndpointRef } from './webhook-delivery.ts';
import type { PauseCause } from './webhook-endpoint.ts';

export interface PauseNotice {
  readonly endpoint: EndpointRef;
  readonly cause: PauseCause;
  /** Scheme and host of the back office. */
  readonly publicUrl: string;
  readonly now: Instant;
}

/** A mail to every member of the shop, in the transaction that pauses its endpoint. */
export async function mailPause(client: ClientBase, keys: Keys, notice: PauseNotice): Promise<void> {
  const { shopId, id } = notice.endpoint;
  const { rows } = await client.query<{ email: string; lang: string | null; shop: string; name: string }>(
    `select u.email, u.lang, s.name as shop, e.name from shop_member m
     join app_user u on u.id = m.user_id
     join shop s on s.id = m.shop_id
     join webhook_endpoint e on e.shop_id = m.shop_id and e.id = $2
     where m.shop_id = $1 order by u.email limit 50`,
    [shopId, id],
  );
  const url = `${notice.publicUrl}/shops/${shopId}/webhooks`;
  for (const { email, lang, shop, name } of rows) {
    const letter = { kind: 'webhook_paused', shop, endpoint: name, cause: notice.cause, url } as const;
    await queueMail(client, keys, { shopId, to: email, lang: lang ?? 'fr', letter }, notice.now);
  }
}
