import type { ClientBase, Pool } from 'pg';
import type { AlarmKind } from '#domain/alarm.ts';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { inTransaction } from './db.ts';
import { queueMail } from './outbox.ts';
import type { Keys } from './secret.ts';

export interface NewAlarm {
  readonly shopId: ShopId;
  readonly kind: AlarmKind;
  /** Hours, percent, calls or stores. */
  readonly figure: number;
  /** Where the mail leads. */
  readonly url: string;
}

/** Notes that it began, and tells by mail whoever wants to know; does nothing while it stands. Answers how many were told. */
export async function raiseAlarm(pool: Pool, keys: Keys, alarm: NewAlarm, now: Instant): Promise<number> {
  const { shopId, kind, figure, url } = alarm;
  return inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(
      `insert into alarm (shop_id, kind, since, figure) values ($1, $2, to_timestamp($3::float8 / 1000), $4)
       on conflict (shop_id, kind) do nothing`,
      [shopId, kind, now, figure],
    );
    if (rowCount === 0) return 0;
    const { rows } = await client.query<{ email: string; lang: string | null; shop: string }>(
      `select u.email, u.lang, s.name as shop from shop_member m
       join app_user u on u.id = m.user_id join shop s on s.id = m.shop_id
       where m.shop_id = $1 and $2 = any (m.alarms) order by u.email limit 200`,
      [shopId, kind],
    );
    for (const { email, lang, shop } of rows) {
      const letter = { kind: 'alarm', shop, alarm: kind, figure, url } as const;
      await queueMail(client, keys, { shopId, to: email, lang: lang ?? 'fr', letter }, now);
    }
    return rows.length;
  });
}

/** It is over: the next time it begins, people are told again. */
export async function endAlarm(db: Pool | ClientBase, shop: ShopId, kind: AlarmKind): Promise<void> {
  await db.query('delete from alarm where shop_id = $1 and kind = $2', [shop, kind]);
}
