/** Codes for people who asked for their page. The address is looked up here and not at the door, whose answer and time tell nothing. */
import type { Pool, PoolClient } from 'pg';
import type { ShopperLetter } from '#contract/letter.ts';
import type { Instant } from '#domain/facts.ts';
import { dayMs } from '#domain/time.ts';
import { holdJob, queueMail } from '#store/outbox.ts';
import {
  type AskedAccess,
  codeMinutes,
  forgetAccess,
  giveCode,
  personCodeJobName,
  takeAccess,
} from '#store/person-access.ts';
import { writePersonLink } from '#store/person-link.ts';
import type { Keys } from '#store/secret.ts';
import { findHolders } from '#views/person-page.ts';
import type { Job } from './runner.ts';

export interface PersonCodeDeps {
  readonly pool: Pool;
  readonly keys: Keys;
  /** Scheme and host of the person's pages. */
  readonly publicUrl: string;
  readonly now: () => Instant;
}

/** To one address, and of one shop; what is more is never sent. With five tries each, nobody guesses a code. */
export const codesPerAddressHour = 5;
export const codesPerAddressDay = 10;
export const codesPerShopHour = 500;

/** Woken when somebody asked, and every minute. */
export function personCodesJob({ pool, keys, publicUrl, now }: PersonCodeDeps): Job {
  return {
    name: personCodeJobName,
    schedule: '* * * * *',
    async run() {
      const client = await pool.connect();
      try {
        for (;;) {
          await client.query('begin');
          await holdJob(client, personCodeJobName);
          const access = await takeAccess(client, keys, now());
          if (access !== null) await answer(client, access);
          await client.query('commit');
          if (access === null) break;
        }
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
      while ((await forgetAccess(pool, now() - dayMs)) > 0);
    },
  };

  async function answer(client: PoolClient, access: AskedAccess): Promise<void> {
    const { shopId, emailNorm, sent } = access;
    const [holder] = await findHolders(client, shopId, emailNorm);
    const mayMail = sent.hour < codesPerAddressHour && sent.day < codesPerAddressDay && sent.ofShop < codesPerShopHour;
    const code = await giveCode(client, keys, access, holder !== undefined && mayMail);
    if (holder === undefined || !mayMail) return;
    const letter: ShopperLetter = {
      kind: 'person_code',
      shop: holder.shop,
      code,
      minutes: codeMinutes,
      unsubscribe: `${publicUrl}/my-data/stop/${writePersonLink(keys, shopId, holder.id, emailNorm)}`,
    };
    await queueMail(client, keys, { shopId, to: holder.email, lang: access.lang, letter }, now());
  }
}
