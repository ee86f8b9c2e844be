import type { Pool } from 'pg';
import type { Letter } from '#contract/letter.ts';
import { renderMessage, type Sender } from '#mail/message.ts';
import type { Mailer } from '#mail/smtp.ts';
import { forgetMails, mailJobName, markSent, markUnsent, type OutboxMail, takeDueMail } from '#store/outbox.ts';
import type { Keys } from '#store/secret.ts';
import type { Job } from './runner.ts';

export interface MailJobOptions {
  readonly pool: Pool;
  readonly keys: Keys;
  /** null: nothing is sent, mails wait in the outbox. */
  readonly mailer: Mailer | null;
  readonly sender: Sender;
  readonly now: () => number;
}

const minuteMs = 60_000;
const dayMs = 1_440 * minuteMs;
/** A mail nobody took for so long is given up: what it speaks of is over. */
const givenUpAfterMs = 3 * dayMs;
const keptDays = 90;

/** Sends what is due, one after the other; woken when a mail is queued, and every minute for what is tried again. */
export function mailJob(options: MailJobOptions): Job {
  const { pool, keys, mailer, now } = options;
  return {
    name: mailJobName,
    schedule: '* * * * *',
    async run() {
      while ((await forgetMails(pool, now() - keptDays * dayMs)) > 0);
      if (mailer === null) return;
      for (;;) {
        const mail = await takeDueMail(pool, keys, now(), 2 * minuteMs);
        if (mail === null) return;
        await post(options, mailer, mail);
      }
    },
  };
}

async function post({ pool, sender, now }: MailJobOptions, mailer: Mailer, mail: OutboxMail): Promise<void> {
  const letter = mail.letter as Letter;
  const delivery = await mailer.send(renderMessage({ ...mail, letter }, sender));
  if (delivery.sent) return markSent(pool, mail.id, now());
  if (delivery.why === 'refused') return markUnsent(pool, mail.id, delivery.fault, 'refused');
  const at = now() + retryDelayMs(mail.tries);
  return markUnsent(pool, mail.id, delivery.fault, at > mail.createdAt + givenUpAfterMs ? 'given_up' : { at });
}

/** After the first failure half a minute, then doubled up to six hours. */
export function retryDelayMs(tries: number): number {
  return Math.min(360, 0.5 * 2 ** (tries - 1)) * minuteMs;
}
