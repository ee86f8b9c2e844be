/** Double opt-in (rules §4): the mails that ask, and the night in which what nobody confirmed is what it was before. */
import type { Pool, PoolClient } from 'pg';
import type { ShopperLetter } from '#contract/letter.ts';
import { toLanguage } from '#contract/messages/say.ts';
import type { ExpiryFact, Instant } from '#domain/facts.ts';
import { basisId, type ShopId, shopId } from '#domain/ids.ts';
import type { BasisDefinition } from '#domain/settings.ts';
import { dayMs } from '#domain/time.ts';
import type { IntakeEngine } from '#intake/engine.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import type { Settler } from '#intake/settle.ts';
import {
  type ConfirmationAsk,
  confirmationsJobName,
  countConfirmations,
  createConfirmation,
  forgetConfirmations,
  takeConfirmationAsk,
} from '#store/confirmation.ts';
import { holdJob, queueMail } from '#store/outbox.ts';
import { writePersonLink } from '#store/person-link.ts';
import { hashAddress, type Keys } from '#store/secret.ts';
import { type EndedWait, findWaiting, listEndedWaits } from '#views/confirmation.ts';
import type { Job } from './runner.ts';

export interface ConfirmationJobDeps {
  readonly pool: Pool;
  readonly keys: Keys;
  /** Scheme and host of the person's pages. */
  readonly publicUrl: string;
  readonly now: () => Instant;
}

/** Of one shop in an hour; what is more waits for the next. */
export const mailsPerShopHour = 2_000;
/** To one address in a day, and for one basis of it; what is more is never sent: whoever signs others up gets no further. */
export const mailsPerAddressDay = 6;
export const mailsPerBasisDay = 3;
/** Asked again before: the mail is on its way already. */
export const resendAfterMs = 10 * 60_000;

/** Mails the links that were asked for; woken by apply, and every minute for what waited. */
export function confirmationsJob({ pool, keys, publicUrl, now }: ConfirmationJobDeps): Job {
  return {
    name: confirmationsJobName,
    schedule: '* * * * *',
    async run() {
      const full: ShopId[] = [];
      const client = await pool.connect();
      try {
        for (;;) {
          await client.query('begin');
          await holdJob(client, confirmationsJobName);
          const ask = await takeConfirmationAsk(client, full);
          const done = ask === null ? 'none' : await mail(client, ask);
          // over the shop's share: the ask stays
          if (done === 'full' && ask !== null) full.push(ask.shopId);
          await client.query(done === 'full' ? 'rollback' : 'commit');
          if (done === 'none') return;
        }
      } catch (error) {
        await client.query('rollback').catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
  };

  async function mail(client: PoolClient, ask: ConfirmationAsk): Promise<'sent' | 'dropped' | 'full'> {
    const { shopId: shop, profileId, basisId: basis } = ask;
    const waiting = await findWaiting(client, shop, profileId, basis);
    if (waiting === null) return 'dropped';
    const at = now();
    const address = hashAddress(keys, shop, `email:${waiting.emailNorm}`);
    const sent = await countConfirmations(client, ask, address, at);
    if (sent.ofShop >= mailsPerShopHour) return 'full';
    if (sent.ofBasis >= mailsPerBasisDay || sent.ofAddress >= mailsPerAddressDay) return 'dropped';
    if (sent.last !== null && at - sent.last < resendAfterMs) return 'dropped';
    const endsAt = at + waiting.confirmDays * dayMs;
    const token = await createConfirmation(client, ask, { address, now: at, endsAt });
    const language = toLanguage(waiting.lang);
    const letter: ShopperLetter = {
      kind: 'confirmation',
      shop: waiting.shop,
      basis: waiting.basis.name,
      text: textFor(waiting.basis, language),
      url: `${publicUrl}/my-data/confirm/${token}`,
      until: endsAt,
      unsubscribe: `${publicUrl}/my-data/stop/${writePersonLink(keys, shop, profileId, waiting.emailNorm)}`,
    };
    await queueMail(client, keys, { shopId: shop, to: waiting.email, lang: language, letter }, at);
    return 'sent';
  }
}

/** What people read of a basis in a language, else in the other, else what it is for. */
function textFor(basis: BasisDefinition, language: string): string {
  return basis.texts[language] ?? Object.values(basis.texts)[0] ?? basis.description;
}

export interface EndedWaitsDeps {
  readonly pool: Pool;
  readonly engine: Pick<IntakeEngine, 'append'>;
  readonly settler: Settler;
  readonly now: () => Instant;
}

const slice = 2_000;
const factsPerItem = 200;
const settleMs = 60_000;
/** Ended links are told from links that never were for so long. */
const keptDays = 30;

/** Each night, states which waits are over. The rules decide each again, so that a run repeated, cut short or late ends nothing twice. */
export function endedWaitsJob({ pool, engine, settler, now }: EndedWaitsDeps): Job {
  return {
    name: 'confirmation-ends',
    schedule: '10 2 * * *',
    async run() {
      let after: Pick<EndedWait, 'shopId' | 'profileId' | 'basisId'> = { shopId: shopId(0), profileId: 0, basisId: 0 };
      for (;;) {
        const ended = await listEndedWaits(pool, now(), after, slice);
        const last = ended.at(-1);
        if (last === undefined) break;
        after = last;
        const settled = await Promise.all(await stateAll(ended));
        if (settled.includes(null)) throw new Error('the end of a slice of waits was not applied within a minute');
      }
      while ((await forgetConfirmations(pool, now() - keptDays * dayMs)) > 0);
    },
  };

  async function stateAll(ended: readonly EndedWait[]) {
    const waits: ReturnType<Settler['settle']>[] = [];
    for (const [shop, ofShop] of Map.groupBy(ended, (one) => one.shopId)) {
      for (let from = 0; from < ofShop.length; from += factsPerItem) {
        const facts = ofShop.slice(from, from + factsPerItem).map(endOf);
        const key = await engine.append(ownEnvelope(shop, { kind: 'system' }, facts, now()), 'bulk');
        waits.push(settler.settle({ shopId: shop, ...key }, settleMs));
      }
    }
    return waits;
  }
}

function endOf({ profileId, basisId: basis, at }: EndedWait): ExpiryFact {
  return { type: 'expiry', store: null, ownTime: { at }, run: 'link-ends', profileId, basis: { id: basisId(basis) } };
}
