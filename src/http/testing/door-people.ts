/** For tests: what happens at a shop, as calls of the doors that know people by our number: API v2, the back office, the person's own pages. */
import fastify, { type FastifyInstance } from 'fastify';
import { pino } from 'pino';
import type { Instant } from '#domain/facts.ts';
import { type Event, hour, start, type Who } from '#domain/testing/events.ts';
import { startSettler } from '#intake/settle.ts';
import { confirmationsJob } from '#jobs/confirmations.ts';
import { createAdmin } from '#store/auth-user.ts';
import { askAccess, giveCode } from '#store/person-access.ts';
import { writePersonLink } from '#store/person-link.ts';
import { openText } from '#store/secret.ts';
import { backOffice } from '../back-office/plugin.ts';
import { type Tell, type Told, tellV1 } from './door-tells.ts';
import { secret, type TestDoors } from './doors.ts';

/** Doors that people's numbers are known at, and who stands behind them. */
export interface PeopleDoors {
  readonly tell: Tell;
  /** After what was told is applied, before more is. */
  after(): Promise<void>;
  close(): Promise<void>;
}

interface Known {
  readonly id: number;
  readonly email: string | null;
}

/** By id, else by e-mail; null: nobody yet. */
async function find(doors: TestDoors, who: Who): Promise<Known | null> {
  const { rows } = await doors.database.pool.query<Known>(
    `select id, email_norm as email from (
        select i.profile_id, 1 as place from profile_identifier i where i.shop_id = $1 and i.kind = 'external' and i.value = $2
        union all select e.id, 2 from profile e where e.shop_id = $1 and e.email_norm = $3) found
      join profile p on p.shop_id = $1 and p.id = found.profile_id order by place, id limit 1`,
    [doors.shop.shopId, who.id ?? null, who.email ?? null],
  );
  return rows[0] ?? null;
}

const nothing = async (): Promise<void> => undefined;

/** `POST customers-consents`; what is no consent goes through v1. */
export async function openV2(): Promise<PeopleDoors> {
  return {
    tell: (doors, event) => (event.does === 'consent' ? consent(doors, event) : tellV1(doors, event)),
    after: nothing,
    close: nothing,
  };

  async function consent(doors: TestDoors, event: Event): Promise<Told> {
    const known = await find(doors, event.who);
    const id = event.basis ?? 1;
    const time =
      dayOf(event) ?? (event.own === undefined ? undefined : new Date(start + event.own * hour).toISOString());
    const said = { id, customerConsentStatus: event.status ?? 'accepted', createdAt: time };
    return doors.app.inject({
      method: 'POST',
      url: `/api/v2/customers-consents/${known?.id ?? 999_999_999}`,
      headers: { authorization: doors.shop.basic },
      payload: JSON.stringify({ consent: said }),
    });
  }
}

/** Staff at the profiles, the objection list and the requests of people; what they do not say goes through v1. */
export async function openStaff(doors: TestDoors, now: () => Instant): Promise<PeopleDoors> {
  const { pool, db } = doors.database;
  const { keys, engine } = doors;
  const settler = startSettler(pool);
  const app: FastifyInstance = fastify();
  const log = pino({ level: 'silent' });
  app.register(backOffice, {
    pool,
    db,
    keys,
    engine,
    settler,
    log,
    secretKey: secret,
    publicUrl: null,
    settleMs: 0,
    now,
  });
  await app.ready();
  const who = { email: 'officer@shop.example', password: 'correct horse battery' };
  await createAdmin(pool, who);
  const signedIn = await app.inject({ method: 'POST', url: '/api/sign-in', payload: who });
  const cookie = [signedIn.headers['set-cookie'] ?? []]
    .flat()
    .map((one) => one.split(';')[0])
    .join('; ');
  const place = `/api/shops/${doors.shop.shopId}`;
  const post = (path: string, payload: object): Promise<Told> =>
    app.inject({ method: 'POST', url: `${place}${path}`, headers: { cookie }, payload });
  return {
    tell: (_doors, event) => {
      if (event.does === 'order' || event.does === 'account') return tellV1(doors, event);
      const isOurs = ['consent', 'amend', 'objection', 'erase', 'merge', 'part'].includes(event.does);
      return isOurs ? tell(event) : null;
    },
    after: nothing,
    async close() {
      await app.close();
      await settler.stop();
    },
  };

  async function tell(event: Event): Promise<Told> {
    const { email, mobile } = event.who;
    if (event.does === 'objection') {
      const address = event.sms === undefined ? { email: email ?? 'nobody@x.fr' } : { phone: mobile ?? '+33600000000' };
      return post('/objections', { objections: [{ ...address, channel: event.sms === undefined ? 'email' : 'sms' }] });
    }
    const id = (await find(doors, event.who))?.id ?? 999_999_999;
    const { to = {} } = event;
    switch (event.does) {
      case 'consent':
        return post(`/profiles/${id}/bases/${event.basis ?? 1}`, {
          status: event.status ?? 'accepted',
          date: dayOf(event) ?? null,
          reason: event.reason ?? null,
        });
      case 'amend':
        return post(`/profiles/${id}`, {
          ...(to.email === undefined ? {} : { email: to.email }),
          fields: to.mobile === undefined ? {} : { mobile: to.mobile },
        });
      case 'erase':
        return post(`/profiles/${id}/erase`, { reason: 'asked' });
      default: {
        const other = (await find(doors, to))?.id ?? 999_999_998;
        return post(`/profiles/${id}/${event.does === 'merge' ? 'merge' : 'unmerge'}`, { other });
      }
    }
  }
}

/** The person on their own pages: a mailed link that lowers, a code that opens the rest, a confirmation; the shop through v1. */
export async function openPerson(doors: TestDoors, now: () => Instant): Promise<PeopleDoors> {
  const { pool } = doors.database;
  const { keys, shop } = doors;
  const { shopId } = shop;
  /** Links of confirmations that were mailed, by address. */
  const links = new Map<string, string>();
  const confirmations = confirmationsJob({ pool, keys, publicUrl: 'https://shop.example', now });
  return {
    tell: (_doors, event) => {
      if (event.does === 'order' || event.does === 'account') return tellV1(doors, event);
      return ['consent', 'objection', 'erase', 'link-ends'].includes(event.does) ? tell(event) : null;
    },
    after: mailConfirmations,
    close: nothing,
  };

  async function tell(event: Event): Promise<Told> {
    const known = await find(doors, event.who);
    const email = known?.email ?? null;
    if (known === null || email === null) return post('/my-data/stop/no-link-of-ours', { what: 'stop' });
    const basis = String(event.basis ?? 1);
    const link = links.get(email);
    if (event.does === 'link-ends' || event.link === true)
      return link === undefined
        ? post('/my-data/confirm/1-none', { answer: 'yes' })
        : post(`/my-data/confirm/${link}`, { answer: event.link === true ? 'yes' : 'no', version: '1' });
    const stop = `/my-data/stop/${writePersonLink(keys, shopId, known.id, email)}`;
    if (event.does === 'objection' && event.sms === undefined) return post(stop, { what: 'stop' });
    if (event.status === 'refused' && event.arrives % 24 === 0) return post(stop, { what: 'refuse', basis });
    const session = await open(email);
    const act = (form: Readonly<Record<string, string>>): Promise<Told> =>
      post('/my-data/session/act', { session, profile: String(known.id), ...form });
    if (event.does === 'objection') return act({ what: 'object', channel: 'sms' });
    if (event.does === 'erase') return act({ what: 'erase', sure: 'yes' });
    return act({ what: event.status === 'refused' ? 'refused' : 'accepted', basis, version: '1' });
  }

  /** As if the code had been read in the mail. */
  async function open(emailNorm: string): Promise<string> {
    const access = await askAccess(pool, keys, { shop: shopId, emailNorm, lang: 'fr' }, now());
    const client = await pool.connect();
    const code = await giveCode(client, keys, { shopId, id: access.slice(access.indexOf('.') + 1) }, true).finally(() =>
      client.release(),
    );
    const { payload, statusCode } = await doors.app.inject(request('/my-data/session/open', { access, code }));
    const session = /name="session" value="([^"]+)"/.exec(payload)?.[1];
    if (session === undefined) throw new Error(`the code opened nothing: ${statusCode}`);
    return session;
  }

  function post(url: string, form: Readonly<Record<string, string>>): Promise<Told> {
    return doors.app.inject(request(url, form));
  }

  async function mailConfirmations(): Promise<void> {
    await confirmations.run(null, null as never);
    const { rows } = await pool.query<{ id: string; to: string; sealed: Buffer }>(
      `delete from outbox where kind = 'confirmation' returning id, to_address as to, sealed`,
    );
    for (const { id, to, sealed } of rows) {
      const { url } = JSON.parse(openText(keys, sealed, `outbox ${id}`)) as { url: string };
      links.set(to, url.slice(url.lastIndexOf('/') + 1));
    }
  }
}

function request(url: string, form: Readonly<Record<string, string>>) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return { method: 'POST', url, headers, payload: new URLSearchParams(form).toString() } as const;
}

function dayOf({ day }: Event): string | undefined {
  return day === undefined ? undefined : new Date(start + day * 24 * hour).toISOString().slice(0, 10);
}
