/** Loads what the rules of a batch look at, for all its shops at once: a constant number of queries a round. */
import type { ClientBase } from 'pg';
import type { Act, ActFlags } from '#domain/basis.ts';
import type { Channel } from '#domain/facts.ts';
import { basisId, orderId, profileId, type Seq, type ShopId } from '#domain/ids.ts';
import type { ExternalId } from '#domain/profile.ts';
import { settingsOf } from '#domain/settings.ts';
import type { Rank } from '#domain/source.ts';
import { ShopWorld } from '#domain/world.ts';
import { type Need, needKey, type ProfileBasis, type WorldSupply } from '#domain/world-rows.ts';
import { chainStart } from '#store/ledger-hash.ts';
import { binaryArray } from './binary-array.ts';
import { byKeys, type KeyColumn } from './by-keys.ts';
import { cartSelect, liveCarts } from './cart-rows.ts';
import { loadAddresses, loadStubs } from './load-addresses.ts';
import { findCarts, keepCarts } from './load-carts.ts';
import { fromOrderRow, type OrderRow, orderSelect } from './order-rows.ts';
import { fromProfileRow, milliseconds, type ProfileRow, profileSelect } from './profile-rows.ts';
import type { Asked, Found, Hashes, ShopHead, ShopRows } from './shop-rows.ts';
import { listenedTo } from './webhook-rows.ts';

/** The present settings and installation of shops. */
export async function loadShops(client: ClientBase, shops: readonly ShopId[]): Promise<Map<ShopId, ShopRows>> {
  const { rows } = await client.query({
    name: 'load shops',
    text: `select k.id, s.version, s.body, ${milliseconds('h')('installed_at')}, l.n as chain_n, l.hash as chain_hash,
        exists (select from erased_key e where e.shop_id = k.id) as erasures,
        exists (select from address_refusal r where r.shop_id = k.id) or exists (select from objection o where o.shop_id = k.id) as addresses,
        (select json_agg(json_build_object('id', w.id, 'kinds', w.kinds)) from webhook_endpoint w where w.shop_id = k.id) as listeners
      from unnest($1::int4[]) k(id)
      join shop h on h.id = k.id
      join lateral (select version, body from shop_settings where shop_id = k.id order by version desc limit 1) s on true
      left join ledger_head l on l.shop_id = k.id`,
    values: [binaryArray('int4', shops)],
  });
  return new Map(
    rows.map((row) => [
      row.id,
      shopRows({
        shopId: row.id,
        settings: settingsOf(row.body, row.version),
        installedAt: row.installed_at,
        ledger: row.chain_n === null ? chainStart : { n: row.chain_n, hash: row.chain_hash },
        listeners: row.listeners ?? [],
        erasures: row.erasures,
        addresses: row.addresses,
      }),
    ]),
  );
}

/** Of a shop of which nothing else is loaded yet. */
export function shopRows(head: ShopHead): ShopRows {
  const { shopId, settings, installedAt, ledger, listeners, erasures, addresses } = head;
  return {
    ...{ shopId, settings, installedAt, ledger, listeners, erasures, addresses },
    stubs: [],
    loaded: new Map(),
    profiles: new Map(),
    orders: new Map(),
    bases: [],
    tokens: new Map(),
    former: [],
    refusals: [],
    objections: [],
    acts: new Map(),
    carts: new Map(),
  };
}

/** Loads needs of several shops; what a need leads to (the owner of an order, the bases of a profile) comes along. */
export async function loadNeeds(
  client: ClientBase,
  wanted: ReadonlyMap<ShopRows, Iterable<Need>>,
  hashes: Hashes,
): Promise<void> {
  await loadProfiles(client, await findNeeds(client, wanted, hashes));
}

/** The first half: loads what has no owner, and answers the profiles that the needs lead to, for `loadProfiles`. */
export async function findNeeds(
  client: ClientBase,
  wanted: ReadonlyMap<ShopRows, Iterable<Need>>,
  { hash, hide }: Hashes,
): Promise<readonly Found[]> {
  const asked: { rows: ShopRows; need: Need }[] = [];
  for (const [rows, needs] of wanted) {
    for (const need of needs) {
      const key = needKey(need);
      if (rows.loaded.has(key)) continue;
      rows.loaded.set(key, need);
      asked.push({ rows, need });
    }
  }
  const of = <What extends Need['what']>(what: What) => asked.filter(({ need }) => need.what === what) as Asked<What>[];
  const led = await Promise.all([
    findByColumn(client, of('email'), 'email_norm', ({ email }) => email),
    findByColumn(client, of('phone'), 'phone_e164', ({ phone }) => phone),
    findByColumn(client, of('phone'), 'mobile_e164', ({ phone }) => phone),
    findIdentifiers(client, of('external'), of('email')),
    findTokens(client, of('token')),
    findOrders(client, of('order')),
    findErasedOrders(client, of('order'), hide),
    loadStubs(client, of('stub'), hash),
    loadAddresses(
      client,
      of('address').filter(({ rows }) => rows.addresses),
      hash,
    ),
    loadActs(client, of('acts')),
    findCarts(client, of('cart'), of('carts')),
  ]);
  return [...led.flat(), ...of('profile').map(({ rows, need }) => ({ rows, id: need.id }))];
}

/** A world of what is loaded; asking it for anything else leaves a need. */
export function worldOf(rows: ShopRows, supply: WorldSupply): ShopWorld {
  const listening = listenedTo(rows.listeners);
  const world = new ShopWorld({
    settings: rows.settings,
    installedAt: rows.installedAt,
    complete: false,
    erasures: rows.erasures,
    listening,
    supply,
  });
  world.markLoaded(rows.loaded.keys());
  for (const profile of rows.profiles.values()) world.loadProfile(profile);
  for (const order of rows.orders.values()) world.loadOrder(order);
  for (const basis of rows.bases) world.loadBasis(basis);
  for (const [token, binding] of rows.tokens) world.loadToken(token, binding);
  for (const [email, id, until] of rows.former) world.loadFormer(email, { profileId: id, until });
  for (const [key, basis, at, personal] of rows.refusals) world.loadRefusal(key, basisId(basis), { at, personal });
  for (const [key, channel, since, cause, liftedAt] of rows.objections) {
    world.loadObjection(key, channel, { since, cause: cause as Act['cause'], liftedAt });
  }
  for (const [key, erasedAt] of rows.stubs) world.loadStub(key, erasedAt);
  for (const [id, acts] of rows.acts) world.loadActs(id, acts);
  for (const cart of rows.carts.values()) world.loadCart(cart);
  return world;
}

async function findByColumn<What extends 'email' | 'phone'>(
  client: ClientBase,
  asked: readonly Asked<What>[],
  column: 'email_norm' | 'phone_e164' | 'mobile_e164',
  value: (need: Asked<What>['need']) => string,
): Promise<Found[]> {
  const found = await byKeys(
    client,
    `find profiles by ${column}`,
    asked,
    [['value', 'text', ({ need }) => value(need)]],
    (keys) => `select k.i, p.id from ${keys} k
      join profile p on p.shop_id = k.shop_id and p.${column} = k.value`,
  );
  return found.flatMap((row) => ownerOf(asked, row, row.id));
}

async function findIdentifiers(
  client: ClientBase,
  external: readonly Asked<'external'>[],
  email: readonly Asked<'email'>[],
): Promise<Found[]> {
  const asked: readonly (Asked<'external'> | Asked<'email'>)[] = [...external, ...email];
  const found = await byKeys(
    client,
    'find identifiers',
    asked,
    [
      ['kind', 'text', ({ need }) => need.what],
      ['value', 'text', ({ need }) => (need.what === 'email' ? need.email : need.value)],
    ],
    (keys) => `select k.i, d.kind, d.value, d.profile_id, ${milliseconds('d')('until')} from ${keys} k
      join profile_identifier d on d.shop_id = k.shop_id and d.kind = k.kind and d.value = k.value`,
  );
  return found.flatMap((row) => {
    const owner = ownerOf(asked, row, row.profile_id);
    if (row.kind === 'email') {
      for (const { rows, id } of owner) rows.former.push([row.value as string, id, row.until as number]);
    }
    return owner;
  });
}

async function findTokens(client: ClientBase, asked: readonly Asked<'token'>[]): Promise<Found[]> {
  const found = await byKeys(
    client,
    'find tokens',
    asked,
    [['token', 'text', ({ need }) => need.token]],
    (keys) => `select k.i, v.token, v.profile_id, v.verified, ${milliseconds('v')('bound_at')} from ${keys} k
      join visitor_token v on v.shop_id = k.shop_id and v.token = k.token`,
  );
  return found.flatMap((row) => {
    const owner = ownerOf(asked, row, row.profile_id);
    for (const { rows, id } of owner) {
      rows.tokens.set(row.token as string, {
        profileId: id,
        verified: row.verified as boolean,
        boundAt: row.bound_at as number,
      });
    }
    return owner;
  });
}

async function findOrders(client: ClientBase, asked: readonly Asked<'order'>[]): Promise<Found[]> {
  const found = await byKeys(
    client,
    'find orders',
    asked,
    [['reference', 'text', ({ need }) => need.reference]],
    (keys) => `select k.i, f.* from ${keys} k
      cross join lateral (
        select ${orderSelect} from orders o where o.shop_id = k.shop_id and o.key = k.reference
        union all
        select ${orderSelect} from orders o where o.shop_id = k.shop_id and o.number = k.reference and o.key <> k.reference
      ) f`,
  );
  return found.flatMap((row) => {
    const rows = asked[row.i]?.rows;
    if (rows === undefined) return [];
    const order = fromOrderRow(row as unknown as OrderRow);
    rows.orders.set(orderId(order.id), order);
    return order.ownerId === null ? [] : [{ rows, id: order.ownerId }];
  });
}

/** Orders whose owner was erased, by the hash that took the reference's place; only where somebody was erased. */
async function findErasedOrders(
  client: ClientBase,
  asked: readonly Asked<'order'>[],
  hide: Hashes['hide'],
): Promise<Found[]> {
  const hidden = asked.filter(({ rows }) => rows.erasures);
  const found = await byKeys(
    client,
    'find erased orders',
    hidden,
    [['hidden', 'text', ({ rows, need }) => hide(rows.shopId, need.reference)]],
    (keys) => `select k.i, f.* from ${keys} k
      cross join lateral (
        select ${orderSelect} from orders o where o.shop_id = k.shop_id and o.key = k.hidden
        union all
        select ${orderSelect} from orders o where o.shop_id = k.shop_id and o.number = k.hidden and o.key <> k.hidden
      ) f`,
  );
  for (const row of found) {
    const order = fromOrderRow(row as unknown as OrderRow);
    hidden[row.i]?.rows.orders.set(orderId(order.id), order);
  }
  return [];
}

async function loadActs(client: ClientBase, asked: readonly Asked<'acts'>[]): Promise<Found[]> {
  for (const { rows, need } of asked) rows.acts.set(need.id, []);
  const found = await byKeys(
    client,
    'load acts',
    asked,
    [['profile_id', 'int8', ({ need }) => need.id]],
    (
      keys,
    ) => `select k.i, a.seq::text as seq, a.n, a.basis_id, a.kind, a.toward, a.cause, a.source, ${milliseconds('a')('at')},
        ${milliseconds('a')('arrived_at')}, a.channel, a.series, a.order_id, a.flags, a.void
      from ${keys} k
      join basis_act a on a.shop_id = k.shop_id and a.profile_id = k.profile_id`,
  );
  for (const row of found) {
    const place = asked[row.i];
    place?.rows.acts.get(place.need.id)?.push({
      seq: BigInt(row.seq as string) as Seq,
      n: row.n as number,
      profileId: place.need.id,
      basisId: basisId(row.basis_id as number),
      kind: row.kind as Act['kind'],
      toward: row.toward as Act['toward'],
      cause: row.cause as Act['cause'],
      source: row.source as string,
      at: row.at as number,
      arrivedAt: row.arrived_at as number,
      channel: row.channel as Channel | null,
      series: row.series as string | null,
      orderId: row.order_id === null ? null : orderId(row.order_id as number),
      flags: (row.flags ?? {}) as ActFlags,
      void: row.void as boolean,
    });
  }
  return [];
}

/** Profiles by id with their external ids, bases and live carts, once each. */
export async function loadProfiles(client: ClientBase, found: readonly Found[]): Promise<void> {
  const fresh = new Map<string, Asked<'profile'>>();
  for (const { rows, id } of found) {
    if (rows.profiles.has(id)) continue;
    const need = { what: 'profile', id } as const;
    rows.loaded.set(needKey(need), need);
    fresh.set(`${rows.shopId} ${id}`, { rows, need });
  }
  const asked = [...fresh.values()];
  const ids: readonly KeyColumn<Asked<'profile'>>[] = [['id', 'int8', ({ need }) => need.id]];
  const [profiles, identifiers, bases, carts] = await Promise.all([
    byKeys(
      client,
      'load profiles',
      asked,
      ids,
      (keys) => `select k.i, ${profileSelect} from ${keys} k join profile p on p.shop_id = k.shop_id and p.id = k.id`,
    ),
    byKeys(
      client,
      'load identifiers',
      asked,
      ids,
      (
        keys,
      ) => `select k.i, d.kind, d.namespace, d.value, d.rank, ${milliseconds('d')('since')}, ${milliseconds('d')('until')} from ${keys} k
        join profile_identifier d on d.shop_id = k.shop_id and d.profile_id = k.id`,
    ),
    byKeys(
      client,
      'load bases',
      asked,
      ids,
      (
        keys,
      ) => `select k.i, b.basis_id, b.fold, ${milliseconds('b')('changed_at')}, ${milliseconds('b')('activity_at')} from ${keys} k
        join profile_basis b on b.shop_id = k.shop_id and b.profile_id = k.id`,
    ),
    byKeys(
      client,
      'load carts',
      asked,
      ids,
      (keys) =>
        `select k.i, ${cartSelect} from ${keys} k join cart c on c.shop_id = k.shop_id and c.profile_id = k.id and ${liveCarts}`,
    ),
  ]);
  keepCarts(asked, carts);
  const externalIds = new Map<number, ExternalId[]>();
  for (const row of identifiers) {
    if (row.kind === 'email') {
      const place = asked[row.i];
      place?.rows.former.push([row.value as string, place.need.id, row.until as number]);
      continue;
    }
    const known = externalIds.get(row.i) ?? [];
    known.push({
      namespace: row.namespace as string,
      value: row.value as string,
      rank: row.rank as Rank,
      since: row.since as number,
    });
    externalIds.set(row.i, known);
  }
  for (const row of profiles) {
    asked[row.i]?.rows.profiles.set(
      profileId(row.id as number),
      fromProfileRow(row as unknown as ProfileRow, externalIds.get(row.i) ?? []),
    );
  }
  for (const row of bases) {
    const place = asked[row.i];
    place?.rows.bases.push({
      profileId: place.need.id,
      basisId: basisId(row.basis_id as number),
      standing: row.fold as ProfileBasis['standing'],
      changedAt: row.changed_at as number,
      activityAt: row.activity_at as number | null,
    });
  }
}

function ownerOf(asked: readonly { rows: ShopRows }[], row: { i: number }, id: unknown): Found[] {
  const rows = asked[row.i]?.rows;
  return rows === undefined ? [] : [{ rows, id: profileId(id as number) }];
}
