/** For tests: random histories told through the doors over real tables, and the laws of rules §9 on what they left there. */
import fc from 'fast-check';
import { applyBatch } from '#apply/batch.ts';
import { applyTools } from '#apply/items.ts';
import { Pace } from '#apply/pace.ts';
import { loadEverything } from '#apply/testing/load-everything.ts';
import { byOwnTime } from '#domain/acts.ts';
import { step, unknownStanding } from '#domain/basis.ts';
import { isDeclaredBot } from '#domain/bots.ts';
import { decide } from '#domain/decide.ts';
import { orderId, profileId, type Seq } from '#domain/ids.ts';
import { judgeRecords } from '#domain/records.ts';
import { defaultSettings } from '#domain/settings.ts';
import type { SettingsChange } from '#domain/settings-change.ts';
import { type Event, hour, nameOf, start } from '#domain/testing/events.ts';
import { histories, partedHistories } from '#domain/testing/histories.ts';
import { ShopWorld } from '#domain/world.ts';
import { seqOf } from '#intake/batch-id.ts';
import { decodeBatch, type Envelope } from '#intake/envelope.ts';
import { ownEnvelope } from '#intake/own-envelope.ts';
import { postgresClaims } from '#intake/postgres-engine.ts';
import { openClient } from '#store/db.ts';
import { hashAddress, hideReference } from '#store/secret.ts';
import { readToken } from '#store/token.ts';
import { decode } from '#wire/decode.ts';
import { wireFormats } from '#wire/decoded.ts';
import { openPerson, openStaff, openV2, type PeopleDoors } from './door-people.ts';
import { openStore, storeName } from './door-store.ts';
import {
  type Tell,
  tellCollect,
  tellImport,
  tellIngest,
  tellObjections,
  tellTrack,
  tellV1,
  tellV3,
} from './door-tells.ts';
import { openDoors, type TestDoors } from './doors.ts';

/** A way in; `open`: it names people by our number, so that each thing is applied before the next is told. */
export interface Door {
  readonly tell?: Tell;
  readonly open?: (doors: TestDoors, now: () => number) => Promise<PeopleDoors>;
  readonly histories?: fc.Arbitrary<readonly Event[]>;
  /** Of the shop, before anything is told. */
  readonly settings?: SettingsChange;
}

export const doorsOfTheLaws: Readonly<Record<string, Door>> = {
  track: { tell: tellTrack },
  v1: { tell: tellV1 },
  collect: { tell: tellCollect },
  ingest: { tell: tellIngest },
  objections: { tell: tellObjections },
  v3: { tell: tellV3 },
  import: { tell: tellImport },
  store: { open: openStore, settings: { stores: [storeName] } },
  v2: { open: openV2 },
  staff: { open: openStaff, histories: partedHistories },
  person: { open: openPerson },
  'person, double opt-in': { open: openPerson, settings: { basis: { id: 1, doubleOptIn: true } } as SettingsChange },
};

/** Somebody is there to be named by our number. */
const people: readonly Event[] = [
  { id: '1', email: 'a@x.fr' },
  { id: '2', email: 'b@x.fr', mobile: '+33611111111' },
  { email: 'c@x.fr' },
].map((who) => ({ does: 'account', by: 'server', who, arrives: 0, creating: true, optIn: 1 }));

/** People, orders and numbers of one history, different from every other's: all of them live in one shop. */
function apart(event: Event, n: number): Event {
  const own = ({ email, id, mobile }: Event['who']): Event['who'] => ({
    ...(email === undefined ? {} : { email: `h${n}.${email}` }),
    ...(id === undefined ? {} : { id: `${n}-${id}` }),
    ...(mobile === undefined ? {} : { mobile: `+336${String(n).padStart(7, '0')}${mobile.at(-1)}` }),
  });
  return {
    ...event,
    who: own(event.who),
    ...(event.to === undefined ? {} : { to: own(event.to) }),
    ...(event.order === undefined ? {} : { order: `${n}-${event.order}` }),
    ...(event.cart === undefined ? {} : { cart: `${n}-${event.cart}` }),
  };
}

/** What came in, as it came, and what became of it: an erasure takes it from the tables. */
interface Taped {
  readonly seq: Seq;
  readonly envelope: Envelope;
  /** Of the settings it was decided under. */
  readonly version: number | null;
  /** The profile it made. */
  readonly made: number | null;
}

/** Tells so many histories through one door, applies them, and answers what breaks a law, a sentence each. */
export async function breachesThrough(door: Door, count: number): Promise<string[]> {
  // the doors look for a connection they do not know once a second at most
  let now = start - 5_000;
  const doors = await openDoors({ now: () => now, settleMs: 0, addressPerSecond: 1_000_000 });
  const client = openClient(doors.database.url, { pipeline: true });
  await client.connect();
  const numbered = await door.open?.(doors, () => now);
  now = start;
  const tell = numbered?.tell ?? door.tell ?? tellV1;
  const tape: Taped[] = [];
  const answers = new Map<number, number>();
  const tools = {
    ...applyTools(doors.keys),
    claims: postgresClaims,
    shards: [0, 1, 2, 3],
    days: new Set<number>(),
    pace: new Pace(),
    onFault: (_event: string, error: unknown) => {
      throw error;
    },
  };
  const applyAll = async (): Promise<void> => {
    const came = await waiting(doors);
    while ((await applyBatch(client, tools, 1000)).items > 0);
    tape.push(...(await decided(doors, came)));
    await numbered?.after();
  };
  const tellOne = async (event: Event, n: number): Promise<void> => {
    now = start + event.arrives * hour;
    const answer = await tell(doors, apart(event, n));
    if (answer !== null) answers.set(answer.statusCode, (answers.get(answer.statusCode) ?? 0) + 1);
  };
  try {
    if (door.settings !== undefined) await changeSettings(doors, now, door.settings);
    const told = fc
      .sample(door.histories ?? histories, { numRuns: count, seed: 9 })
      .map((history) => (door.open === undefined ? history : [...people, ...history]));
    if (numbered === undefined) {
      for (const [n, history] of told.entries()) {
        for (const event of history) await tellOne(event, n);
        // rules read settings in the middle of it all: every later item is decided under the newer version
        if (n % 500 === 250) await changeSettings(doors, now, { validation: n % 1000 === 250 ? 'placed' : 'paid' });
      }
    }
    const rounds = numbered === undefined ? 0 : Math.max(...told.map(({ length }) => length));
    for (let round = 0; round < rounds; round++) {
      await applyAll();
      for (const [n, history] of told.entries()) {
        const event = history[round];
        if (event !== undefined) await tellOne(event, n);
      }
      if (round % 4 === 2) await changeSettings(doors, now, { validation: round % 8 === 2 ? 'placed' : 'paid' });
    }
    await applyAll();
    const stored = await loadEverything(doors.database.url, doors.shop.shopId, doors.keys);
    const replayed = replay(doors, tape);
    const closed = [...answers.keys()].filter((status) => status >= 500 || [401, 403, 413, 429].includes(status));
    return [
      ...closed.map((status) => `the door answered ${status}`),
      ...(answers.size === 0 ? ['nothing was told'] : []),
      ...foldBreaches(stored),
      ...differences(picture(stored), picture(replayed)),
      ...differences(await storedAddresses(doors), addressesOf(doors, replayed)),
    ];
  } finally {
    await client.end();
    await numbered?.close();
    await doors.close();
  }
}

/** What intake holds, in the order it will be applied. */
async function waiting(doors: TestDoors): Promise<Pick<Taped, 'seq' | 'envelope'>[]> {
  const { rows } = await doors.database.pool.query<{ batch_id: number; body: Buffer }>(
    'select batch_id, body from intake order by lane, batch_id',
  );
  return rows.flatMap(({ batch_id, body }) =>
    decodeBatch(body).map((envelope, i) => ({ seq: seqOf(batch_id, i), envelope })),
  );
}

async function decided(doors: TestDoors, came: Awaited<ReturnType<typeof waiting>>): Promise<Taped[]> {
  const { rows } = await doors.database.pool.query<{ seq: string; version: number | null; made: number | null }>(
    `select seq::text as seq, settings_version as version,
        case when effects -> 'profile' ->> 'created' = 'true' then (effects -> 'profile' ->> 'id')::int8 end as made
      from journal where shop_id = $1 and seq = any ($2::int8[])`,
    [doors.shop.shopId, came.map(({ seq }) => String(seq))],
  );
  const journal = new Map(rows.map((row) => [row.seq, row]));
  return came.map((one) => {
    const row = journal.get(String(one.seq));
    if (row === undefined) throw new Error(`item ${one.seq} has no row in the journal`);
    return { ...one, version: row.version, made: row.made };
  });
}

async function changeSettings(doors: TestDoors, arrivedAt: number, change: SettingsChange): Promise<void> {
  const fact = { type: 'settings', store: null, ownTime: null, change };
  const envelope = ownEnvelope(doors.shop.shopId, { kind: 'staff', userId: '1' }, [fact], arrivedAt);
  await doors.engine.append({ ...envelope, mayRead: true }, 'live');
}

/** Every fact once more, in memory, from the bytes that came, each under the settings that stood when it was decided. */
function replay(doors: TestDoors, tape: readonly Taped[]): ShopWorld {
  const { shopId } = doors.shop;
  let next: number | null = null;
  let profiles = 1e12;
  let orders = 0;
  const world = new ShopWorld({
    settings: defaultSettings,
    installedAt: null,
    complete: true,
    supply: {
      // the number that the database gave: people are named by it
      profileId: () => profileId(next ?? ++profiles),
      orderId: () => orderId(++orders),
      subjectKey: () => `subject-${profiles}`,
      readToken: (value) => readToken(doors.keys, shopId, value)?.id ?? null,
      hideReference: (reference) => hideReference(doors.keys, shopId, reference),
    },
  });
  for (const { seq, envelope, version, made } of tape) {
    const format = wireFormats.find((one) => one === envelope.format);
    const decoded = format === undefined ? null : decode(format, envelope.raw, envelope.minted);
    if (decoded?.word !== 'read') continue;
    if (version !== null && version !== world.settings.version)
      throw new Error(`item ${seq} was decided under version ${version}, not ${world.settings.version}`);
    next = made;
    decide(world, {
      ...{ seq, shopId, arrivedAt: envelope.arrivedAt, source: envelope.source, pageHost: envelope.pageHost },
      ...{ mayRead: envelope.mayRead, test: envelope.test, facts: decoded.facts },
      bot: isDeclaredBot(envelope.headers['user-agent']),
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
  const carts = [...world.carts.values()].map(
    ({ ref, status, ownerId, totalMinor }) => `cart ${ref} ${status} ${name(ownerId)} ${totalMinor}`,
  );
  return [...bases, ...profiles, ...orders, ...carts].sort();
}

/** Objections and refusals as addresses are kept: by keyed hash. */
async function storedAddresses({ database: { pool }, shop: { shopId } }: TestDoors): Promise<string[]> {
  const objections = await pool.query(
    'select address_hash, channel, since, cause, lifted_at from objection where shop_id = $1',
    [shopId],
  );
  const refusals = await pool.query(
    'select address_hash, basis_id, at, personal from address_refusal where shop_id = $1',
    [shopId],
  );
  return [
    ...objections.rows.map((row) =>
      [row.address_hash.toString('hex'), row.channel, row.since.getTime(), row.cause, row.lifted_at?.getTime()].join(
        ' ',
      ),
    ),
    ...refusals.rows.map((row) =>
      [row.address_hash.toString('hex'), row.basis_id, row.at.getTime(), row.personal].join(' '),
    ),
  ];
}

function addressesOf({ keys, shop: { shopId } }: TestDoors, { objections, refusals }: ShopWorld): string[] {
  const hashed = (key: string): string => {
    const end = key.lastIndexOf(' ');
    return `${hashAddress(keys, shopId, key.slice(0, end)).toString('hex')}${key.slice(end)}`;
  };
  return [
    ...[...objections].map(([key, { since, cause, liftedAt }]) =>
      [hashed(key), since, cause, liftedAt ?? undefined].join(' '),
    ),
    ...[...refusals].map(([key, { at, personal }]) => [hashed(key), at, personal].join(' ')),
  ];
}

function differences(stored: readonly string[], replayed: readonly string[]): string[] {
  const [one, other] = [new Set(stored), new Set(replayed)];
  return [
    ...stored.filter((line) => !other.has(line)).map((line) => `${line} (stored)`),
    ...replayed.filter((line) => !one.has(line)).map((line) => `${line} (replayed)`),
  ].sort();
}
