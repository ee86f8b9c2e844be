/** For tests: random histories told through the doors over real tables, and the laws of rules §9 on what they left there. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { applyBatch } from '#apply/batch.ts';
import { applyTools } from '#apply/items.ts';
import { loadEverything } from '#apply/testing/load-everything.ts';
import { byOwnTime } from '#domain/acts.ts';
import { step, unknownStanding } from '#domain/basis.ts';
import { decide } from '#domain/decide.ts';
import { orderId, profileId, seq } from '#domain/ids.ts';
import { judgeRecords } from '#domain/records.ts';
import { defaultSettings } from '#domain/settings.ts';
import { sourceOfName } from '#domain/source.ts';
import { type Event, hour, nameOf, start } from '#domain/testing/events.ts';
import { histories } from '#domain/testing/histories.ts';
import { ShopWorld } from '#domain/world.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient } from '#store/db.ts';
import { readToken } from '#store/token.ts';
import { decode } from '#wire/decode.ts';
import { wireFormats } from '#wire/decoded.ts';
import { openDoors, type TestDoors } from './doors.ts';

/** An event as one call; null: this door has no words for it. */
export type Tell = (doors: TestDoors, event: Event) => Promise<unknown> | null;

export const doorTells: Readonly<Record<string, Tell>> = {
  track: (doors, event) => {
    const action = { order: 'order', account: 'signup', newsletter: 'newsletter' }[event.does as string];
    if (action === undefined) return null;
    const query = new URLSearchParams({ site: doors.shop.publicKey, action, ...flat(event) });
    return doors.app.inject({ url: `/track?${query}` });
  },
  v1: (doors, event) => {
    const call = { order: 'Order', account: 'Account' }[event.does as string];
    if (call === undefined) return null;
    const { email, external_id, mobile, idorder, amount, state, optin } = flat(event);
    const fields: Record<string, string | undefined> = {
      customer_email: email,
      external_id,
      customer_mobile: mobile,
      order_idorder: idorder,
      order_amount: amount,
      order_state: state,
      customer_isoptin: optin,
    };
    const form = new URLSearchParams();
    for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.set(`data[${name}]`, value);
    for (const [basis, value] of event.consents ?? []) form.set(`data[consents][${techName(basis)}]`, String(value));
    return doors.app.inject({
      method: 'POST',
      url: `/api/${event.creating ? 'Create' : 'Update'}${call}`,
      headers: { authorization: doors.shop.basic, 'content-type': 'application/x-www-form-urlencoded' },
      payload: form.toString(),
    });
  },
  collect: (doors, event) => tellJson(doors, event, `/collect?key=${doors.shop.publicKey}`, {}),
  ingest: (doors, event) => tellJson(doors, event, '/ingest', { authorization: doors.shop.basic }),
  objections: (doors, event) => {
    const { email, mobile } = event.who;
    const address = event.sms === undefined ? { email } : { phone: mobile };
    if (event.does !== 'objection' || (address.email ?? address.phone) === undefined)
      return doorTells.v1?.(doors, event) ?? null;
    const objection = { ...address, channel: event.sms === undefined ? 'email' : 'sms' };
    return doors.app.inject({
      method: 'POST',
      url: '/api/objections',
      headers: { authorization: doors.shop.basic, 'content-type': 'application/json' },
      payload: JSON.stringify({ objections: [objection] }),
    });
  },
};

function tellJson(doors: TestDoors, event: Event, url: string, headers: Record<string, string>) {
  const { who, order, total, state, optIn, sms, creating, consents } = event;
  const customer = { email: who.email, externalId: who.id, mobile: who.mobile };
  const chosen = {
    ...(optIn === undefined ? {} : { optin: optIn === 1 }),
    ...(sms === undefined ? {} : { smsOptin: sms === 1 }),
    ...(consents === undefined
      ? {}
      : { consents: Object.fromEntries(consents.map(([id, on]) => [techName(id), on === 1])) }),
  };
  const data = {
    order: { key: order, total, state, customer, update: creating !== true, ...chosen },
    account: { customer, ...chosen },
    newsletter: { customer, optin: optIn !== 0 },
  }[event.does as 'order'];
  if (data === undefined) return null;
  const type = { order: 'order', account: creating ? 'signup' : 'identify', newsletter: 'newsletter' }[
    event.does as 'order'
  ];
  const one = { id: randomUUID(), type, data };
  return doors.app.inject({ method: 'POST', url, headers, payload: JSON.stringify({ events: [one] }) });
}

function flat({ who, order, total, state, optIn, sms }: Event): Record<string, string> {
  const fields = {
    email: who.email,
    external_id: who.id,
    mobile: who.mobile,
    idorder: order,
    amount: total === undefined ? undefined : String(total),
    state,
    optin: optIn === undefined ? undefined : String(optIn),
    mobile_optin: sms === undefined ? undefined : String(sms),
  };
  return Object.fromEntries(
    Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function techName(basis: number): string {
  return defaultSettings.bases.find(({ id }) => id === basis)?.techName ?? 'NewsEmail';
}

/** People, orders and numbers of one history, different from every other's: all of them live in one shop. */
function apart(event: Event, n: number): Event {
  const { email, id, mobile } = event.who;
  return {
    ...event,
    who: {
      ...(email === undefined ? {} : { email: `h${n}.${email}` }),
      ...(id === undefined ? {} : { id: `${n}-${id}` }),
      ...(mobile === undefined ? {} : { mobile: `+336${String(n).padStart(7, '0')}${mobile.at(-1)}` }),
    },
    ...(event.order === undefined ? {} : { order: `${n}-${event.order}` }),
  };
}

/** Tells so many histories through one door, applies them, and answers what breaks a law, a sentence each. */
export async function breachesThrough(tell: Tell, count: number): Promise<string[]> {
  let now = start;
  const doors = await openDoors({ now: () => now, settleMs: 0, addressPerSecond: 1_000_000 });
  const client = openClient(doors.database.url, { pipeline: true });
  await client.connect();
  try {
    for (const [n, history] of fc.sample(histories, { numRuns: count, seed: 9 }).entries()) {
      for (const event of history) {
        now = start + event.arrives * hour;
        await tell(doors, apart(event, n));
      }
      // rules read settings in the middle of it all: every later item is decided under the newer version
      if (n % 500 === 250) await changeSettings(doors, now, n % 1000 === 250 ? 'placed' : 'paid');
    }
    const tools = {
      ...applyTools(doors.keys),
      claims: postgresClaims,
      shards: [0, 1, 2, 3],
      days: new Set<number>(),
      onFault: (_event: string, error: unknown) => {
        throw error;
      },
    };
    while ((await applyBatch(client, tools, 1000)).items > 0);
    const stored = await loadEverything(doors.database.url, doors.shop.shopId, doors.keys);
    const replayed = await replayJournal(doors);
    return [...foldBreaches(stored), ...differences(picture(stored), picture(replayed))];
  } finally {
    await client.end();
    await doors.close();
  }
}

async function changeSettings(doors: TestDoors, arrivedAt: number, validation: 'paid' | 'placed'): Promise<void> {
  await doors.engine.append(
    {
      ...{ shopId: doors.shop.shopId, format: 'own', arrivedAt, source: { kind: 'staff', userId: '1' } },
      ...{
        pageHost: null,
        mayRead: true,
        test: false,
        headers: {},
        ip: null,
        minted: null,
        door: 'accepted',
        deliveryKey: null,
      },
      raw: Buffer.from(JSON.stringify({ facts: [{ type: 'settings', change: { validation } }] })),
    },
    'live',
  );
}

/** Every fact once more, in memory, from the bytes that came, each under the settings that stood when it was decided. */
async function replayJournal(doors: TestDoors): Promise<ShopWorld> {
  const { shopId } = doors.shop;
  const { rows } = await doors.database.pool.query(
    `select j.seq::text as seq, j.received_at as at, j.source, j.format, j.settings_version as version, r.raw
      from journal j join journal_raw r on r.shop_id = j.shop_id and r.received_at = j.received_at and r.seq = j.seq
      where j.shop_id = $1 order by j.seq`,
    [shopId],
  );
  let profiles = 0;
  let orders = 0;
  const world = new ShopWorld({
    settings: defaultSettings,
    installedAt: null,
    complete: true,
    supply: {
      profileId: () => profileId(++profiles),
      orderId: () => orderId(++orders),
      subjectKey: () => `subject-${profiles}`,
      readToken: (value) => readToken(doors.keys, shopId, value)?.id ?? null,
      hideReference: (reference) => `erased:${reference}`,
    },
  });
  for (const row of rows) {
    const format = wireFormats.find((one) => one === row.format);
    const source = sourceOfName(row.source);
    const decoded = format === undefined ? null : decode(format, row.raw, null);
    if (decoded?.word !== 'read' || source === null) continue;
    if (row.version !== null && row.version !== world.settings.version)
      throw new Error(`item ${row.seq} was decided under version ${row.version}, not ${world.settings.version}`);
    decide(world, {
      ...{ seq: seq(BigInt(row.seq)), shopId, arrivedAt: row.at.getTime(), source, pageHost: null },
      ...{ mayRead: source.kind !== 'browser', test: false, facts: decoded.facts },
    });
  }
  return world;
}

/** Each stored status is the fold of its acts; no acceptance is without an act; a refused legal basis is left by nothing here. */
function foldBreaches(world: ShopWorld): string[] {
  const breaches: string[] = [];
  for (const profile of world.profiles.values()) {
    const acts = [...(world.actsOf(profile.id) ?? [])].sort(byOwnTime);
    const { edges } = judgeRecords(acts);
    for (const definition of world.settings.bases) {
      let standing = unknownStanding;
      for (const act of acts.filter(({ basisId }) => basisId === definition.id)) {
        const after = step(standing, act, edges.get(act) ?? null, definition.kind).standing;
        if (
          definition.kind === 'legal' &&
          standing.status === 'refused' &&
          after.status !== 'refused' &&
          !act.flags.reset
        )
          breaches.push(`${nameOf(profile)} left refused in ${definition.id}`);
        standing = after;
      }
      const stored = world.basis(profile.id, definition.id)?.standing ?? unknownStanding;
      if (stored.status !== standing.status)
        breaches.push(`${nameOf(profile)} is ${stored.status} in ${definition.id}, its acts say ${standing.status}`);
      const states = acts.some((act) => act.basisId === definition.id && !act.void && act.toward === 'accepted');
      if (stored.status === 'accepted' && !states) breaches.push(`${nameOf(profile)}: nothing states ${definition.id}`);
    }
  }
  return breaches;
}

function picture(world: ShopWorld): string[] {
  const name = (id: number | null): string => {
    const profile = id === null ? undefined : world.profiles.get(profileId(id));
    return profile === undefined ? '' : nameOf(profile);
  };
  const bases = [...world.bases.values()]
    .filter(({ standing }) => standing.status !== 'unknown')
    .map(({ profileId: id, basisId, standing }) => `${name(id)} ${basisId} ${JSON.stringify(standing)}`);
  const profiles = [...world.profiles.values()].map(
    ({ emailNorm, mobileE164, lastSeen, externalIds }) =>
      `${emailNorm} ${mobileE164} ${lastSeen} ${externalIds.map(({ value, rank }) => `${value}/${rank}`).sort()}`,
  );
  const orders = [...world.orders.values()].map(
    ({ key, ownerId, payment, fulfilment, cancelled, netMinor, day }) =>
      `${key} ${name(ownerId)} ${payment} ${fulfilment} ${cancelled} ${netMinor} ${day}`,
  );
  return [...bases, ...profiles, ...orders].sort();
}

function differences(stored: readonly string[], replayed: readonly string[]): string[] {
  const [one, other] = [new Set(stored), new Set(replayed)];
  return [
    ...stored.filter((line) => !other.has(line)).map((line) => `${line} (stored)`),
    ...replayed.filter((line) => !one.has(line)).map((line) => `${line} (replayed)`),
  ].sort();
}
