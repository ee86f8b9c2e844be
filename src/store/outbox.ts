/** Mails on their way out. What they say is sealed: it holds links and codes that open things. */
import { randomUUID } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import { type Keys, openText, sealText } from './secret.ts';

export interface NewMail {
  /** null: about a person's own account. */
  readonly shopId: ShopId | null;
  readonly to: string;
  readonly lang: string;
  /** What it says, by `kind`; must survive JSON. */
  readonly letter: { readonly kind: string };
}

export interface OutboxMail {
  readonly id: string;
  readonly shopId: ShopId | null;
  readonly to: string;
  readonly lang: string;
  readonly letter: unknown;
  readonly createdAt: Instant;
  /** Of sending it, this one included. */
  readonly tries: number;
}

/** Name of the job that empties the outbox. */
export const mailJobName = 'mail';

/** Puts a mail into the outbox and wakes the job that sends it; inside a transaction, both happen at its commit. Answers its id. */
export async function queueMail(db: Pool | ClientBase, keys: Keys, mail: NewMail, now: Instant): Promise<string> {
  const id = randomUUID();
  await db.query(
    `insert into outbox (id, of_shop, kind, to_address, lang, sealed, created_at, next_try_at)
     values ($1, $2, $3, $4, $5, $6, to_timestamp($7::float8 / 1000), to_timestamp($7::float8 / 1000))`,
    [
      id,
      mail.shopId,
      mail.letter.kind,
      mail.to,
      mail.lang,
      sealText(keys, JSON.stringify(mail.letter), placeOf(id)),
      now,
    ],
  );
  await wakeJob(db, mailJobName);
  return id;
}

/** Runs a job now; inside a transaction, at its commit. */
export async function wakeJob(db: Pool | ClientBase, name: string): Promise<void> {
  await db.query('select wake_job($1)', [name]);
}

/** Lets one run of a job at a time do what it counts first, until the transaction ends. */
export async function holdJob(client: ClientBase, name: string): Promise<void> {
  await client.query(`select pg_advisory_xact_lock(hashtext('job ' || $1))`, [name]);
}

interface MailRow {
  id: string;
  of_shop: ShopId | null;
  to_address: string;
  lang: string;
  sealed: Buffer;
  created_at: Date;
  tries: number;
}

/** Takes the mail that is due first, for `leaseMs`: whoever dies while sending leaves it to be tried again. null: none is due. */
export async function takeDueMail(
  db: Pool | ClientBase,
  keys: Keys,
  now: Instant,
  leaseMs: number,
): Promise<OutboxMail | null> {
  const { rows } = await db.query<MailRow>(
    `update outbox set tries = tries + 1, next_try_at = to_timestamp(($1::float8 + $2::float8) / 1000)
     where id = (select id from outbox where state = 'waiting' and next_try_at <= to_timestamp($1::float8 / 1000)
       order by next_try_at limit 1 for update skip locked)
     returning id, of_shop, to_address, lang, sealed, created_at, tries`,
    [now, leaseMs],
  );
  return rows[0] === undefined ? null : toMail(keys, rows[0]);
}

/** A mail that was not sent, to be shown or taken away as a file. null: not there, or sent. `shop` null: of no shop. */
export async function findUnsentMail(
  db: Pool | ClientBase,
  keys: Keys,
  shop: ShopId | null,
  id: string,
): Promise<OutboxMail | null> {
  const { rows } = await db.query<MailRow>(
    `select id, of_shop, to_address, lang, sealed, created_at, tries from outbox
     where id = $1 and of_shop is not distinct from $2 and sealed is not null`,
    [id, shop],
  );
  return rows[0] === undefined ? null : toMail(keys, rows[0]);
}

/** Nothing of what it said is kept; of an answer about somebody's rights not even whom it went to. */
export async function markSent(db: Pool | ClientBase, id: string, now: Instant): Promise<void> {
  await db.query(
    `update outbox set state = 'sent', sealed = null, fault = null, sent_at = to_timestamp($2::float8 / 1000),
       to_address = case when kind = 'rights_closed' then '' else to_address end
     where id = $1`,
    [id, now],
  );
}

/** `nextTryAt` null: it is not tried again; `refused` when the server said so, `given_up` when the time was over. */
export async function markUnsent(
  db: Pool | ClientBase,
  id: string,
  fault: string,
  next: { readonly at: Instant } | 'refused' | 'given_up',
): Promise<void> {
  const at = typeof next === 'object' ? next.at : null;
  await db.query(
    `update outbox set fault = $2, state = $3, next_try_at = coalesce(to_timestamp($4::float8 / 1000), next_try_at)
     where id = $1`,
    [id, fault.slice(0, 300), typeof next === 'object' ? 'waiting' : next, at],
  );
}

/** Tries at once what waits for its next try, and what was refused or given up. False: no such mail. */
export async function retryMail(
  db: Pool | ClientBase,
  shop: ShopId | null,
  id: string,
  now: Instant,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update outbox set state = 'waiting', next_try_at = to_timestamp($3::float8 / 1000), created_at = to_timestamp($3::float8 / 1000)
     where id = $1 and of_shop is not distinct from $2 and sealed is not null`,
    [id, shop, now],
  );
  if (rowCount === 1) await wakeJob(db, mailJobName);
  return rowCount === 1;
}

/** Forgets mails of no shop older than `before`, whatever became of them; a shop's go by its own setting. At most 2,000, answers how many. */
export async function forgetMails(db: Pool | ClientBase, before: Instant): Promise<number> {
  const { rowCount } = await db.query(
    'delete from outbox where id in (select id from outbox where of_shop is null and created_at < to_timestamp($1::float8 / 1000) limit 2000)',
    [before],
  );
  return rowCount ?? 0;
}

function toMail(keys: Keys, row: MailRow): OutboxMail {
  return {
    id: row.id,
    shopId: row.of_shop,
    to: row.to_address,
    lang: row.lang,
    letter: JSON.parse(openText(keys, row.sealed, placeOf(row.id))),
    createdAt: row.created_at.getTime(),
    tries: row.tries,
  };
}

function placeOf(id: string): string {
  return `outbox ${id}`;
}
