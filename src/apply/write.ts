/** Writes everything a batch's worlds changed: one statement a table. */
import type { ClientBase } from 'pg';
import type { Act } from '#domain/basis.ts';
import type { ShopId } from '#domain/ids.ts';
import type { ExternalId, Profile } from '#domain/profile.ts';
import type { ShopWorld } from '#domain/world.ts';
import type { AddressKey } from '#domain/world-rows.ts';
import { sendCounts } from './basis-counts.ts';
import { cartRow, saveCarts } from './cart-rows.ts';
import { insertOrders, orderRow, updateOrders } from './order-rows.ts';
import { insertProfiles, profileRow, updateProfiles } from './profile-rows.ts';
import { type Column, insertStatement, overwrite, type Row, type SetStatement, send, textArray } from './set-write.ts';
import type { HashAddress, ShopRows } from './shop-rows.ts';

const shop: Column = { name: 'shop_id', type: 'int4' };
const text = (name: string): Column => ({ name, type: 'text' });
const int8 = (name: string): Column => ({ name, type: 'int8' });
const int4 = (name: string): Column => ({ name, type: 'int4' });
const int2 = (name: string): Column => ({ name, type: 'int2' });
const bool = (name: string): Column => ({ name, type: 'bool' });
const time = (name: string): Column => ({ name, type: 'timestamptz' });
const json = (name: string): Column => ({ name, type: 'json' });

const identifierColumns = [
  shop,
  text('kind'),
  text('namespace'),
  text('value'),
  int8('profile_id'),
  int2('rank'),
  time('since'),
  time('until'),
];
const newIdentifiers = insertStatement('profile_identifier', identifierColumns);
const identifiers = insertStatement(
  'profile_identifier',
  identifierColumns,
  overwrite(identifierColumns, ['shop_id', 'kind', 'namespace', 'value', 'profile_id']),
);
/** Dropped claims and adopted namespaces: an id the profile no longer has. */
const droppedIds: SetStatement = {
  name: 'drop external ids',
  text: `delete from profile_identifier d using unnest($1::int4[], $2::int8[], $3::text[]) s(shop_id, profile_id, kept)
    where d.shop_id = s.shop_id and d.profile_id = s.profile_id and d.kind = 'external'
      and not (d.namespace || ' ' || d.value) = any (s.kept::text[])`,
  columns: [shop, int8('profile_id'), text('kept')],
};
const tokenColumns = [shop, text('token'), int8('profile_id'), bool('verified'), time('bound_at')];
const tokens = insertStatement('visitor_token', tokenColumns, overwrite(tokenColumns, ['shop_id', 'token']));
const actColumns = [
  ...[
    shop,
    int8('profile_id'),
    int8('seq'),
    int2('n'),
    int4('basis_id'),
    time('at'),
    time('arrived_at'),
    text('kind'),
    text('toward'),
  ],
  ...[text('cause'), text('source'), text('channel'), text('series'), int8('order_id'), json('flags'), bool('void')],
];
const acts = insertStatement('basis_act', actColumns);
const voids: SetStatement = {
  name: 'void acts',
  text: `update basis_act a set void = s.void from unnest($1::int4[], $2::int8[], $3::int8[], $4::int2[], $5::bool[]) s(shop_id, profile_id, seq, n, void)
    where a.shop_id = s.shop_id and a.profile_id = s.profile_id and a.seq = s.seq and a.n = s.n`,
  columns: [shop, int8('profile_id'), int8('seq'), int2('n'), bool('void')],
};
const basisColumns = [
  ...[
    shop,
    int8('profile_id'),
    int4('basis_id'),
    text('status'),
    time('since'),
    time('changed_at'),
    time('activity_at'),
    json('fold'),
  ],
];
/** Of a profile that is new itself: what its key leads to cannot be there. */
const newBases = insertStatement('profile_basis', basisColumns);
const bases = insertStatement(
  'profile_basis',
  basisColumns,
  overwrite(basisColumns, ['shop_id', 'profile_id', 'basis_id']),
);
const orderHistory = insertStatement('order_state_history', [
  ...[
    shop,
    int8('order_id'),
    int8('seq'),
    int2('n'),
    time('at'),
    time('arrived_at'),
    text('source'),
    text('payment'),
    text('fulfilment'),
  ],
  ...[bool('cancelled'), int2('legacy_state')],
]);
const hashColumn: Column = { name: 'address_hash', type: 'bytea' };
const refusalColumns = [shop, hashColumn, int4('basis_id'), time('at'), bool('personal')];
const refusals = insertStatement(
  'address_refusal',
  refusalColumns,
  overwrite(refusalColumns, ['shop_id', 'address_hash', 'basis_id']),
);
const droppedRefusals: SetStatement = {
  name: 'drop refusals',
  text: `delete from address_refusal d using unnest($1::int4[], $2::bytea[], $3::int4[]) s(shop_id, address_hash, basis_id)
    where d.shop_id = s.shop_id and d.address_hash = s.address_hash and d.basis_id = s.basis_id`,
  columns: [shop, hashColumn, int4('basis_id')],
};
const objectionColumns = [shop, hashColumn, text('channel'), time('since'), text('cause'), time('lifted_at')];
const objections = insertStatement(
  'objection',
  objectionColumns,
  overwrite(objectionColumns, ['shop_id', 'address_hash', 'channel']),
);
const stubColumns = [shop, { name: 'key_hash', type: 'bytea' } as const, time('erased_at')];
const stubs = insertStatement('erased_key', stubColumns, overwrite(stubColumns, ['shop_id', 'key_hash']));
const settings = insertStatement('shop_settings', [
  shop,
  int4('version'),
  int8('since_seq'),
  time('changed_at'),
  text('changed_by'),
  { name: 'body', type: 'jsonb' },
]);
const installed: SetStatement = {
  name: 'install shops',
  text: `update shop h set installed_at = s.installed_at from unnest($1::int4[], $2::timestamptz[]) s(shop_id, installed_at)
    where h.id = s.shop_id and h.installed_at is null`,
  columns: [shop, time('installed_at')],
};

/** One shop of the batch: what was loaded of it, and its world after deciding. */
export interface DecidedShop {
  readonly rows: ShopRows;
  readonly world: ShopWorld;
}

/** Sends all writes, one statement a step; the caller awaits them with its COMMIT. */
export function* writeWorlds(
  client: ClientBase,
  shops: readonly DecidedShop[],
  hash: HashAddress,
): Generator<Promise<unknown>[]> {
  const rows = <Item>(
    items: (decided: DecidedShop) => Iterable<Item>,
    row: (shopId: ShopId, item: Item, world: ShopWorld) => Row | null,
  ): Row[] =>
    shops.flatMap((decided) => {
      const made: Row[] = [];
      for (const item of items(decided)) {
        const one = row(decided.rows.shopId, item, decided.world);
        if (one !== null) made.push(one);
      }
      return made;
    });
  const present = <Value>(value: Value | undefined): Value[] => (value === undefined ? [] : [value]);
  const profilesOf = (fresh: boolean) => (decided: DecidedShop) => {
    const { profiles, newProfiles } = decided.world.changes;
    return [...profiles]
      .filter((id) => newProfiles.has(id) === fresh)
      .flatMap((id) => present(decided.world.profiles.get(id)));
  };
  const ordersOf = (fresh: boolean) => (decided: DecidedShop) => {
    const { orders, newOrders } = decided.world.changes;
    return [...orders]
      .filter((id) => newOrders.has(id) === fresh)
      .flatMap((id) => present(decided.world.orders.get(id)));
  };
  const changedIds = (decided: DecidedShop) =>
    profilesOf(false)(decided).filter(
      ({ id, externalIds }) => decided.rows.profiles.get(id)?.externalIds !== externalIds,
    );
  const droppingIds = (decided: DecidedShop) =>
    changedIds(decided).filter(({ id, externalIds }) =>
      decided.rows.profiles
        .get(id)
        ?.externalIds.some((before) => !externalIds.some((after) => isSameId(before, after))),
    );
  const idRows = (profilesIn: (decided: DecidedShop) => readonly Profile[]) =>
    rows(
      (decided) => profilesIn(decided).flatMap((profile) => profile.externalIds.map((id) => ({ profile, id }))),
      (shopId, { profile, id }) => [shopId, 'external', id.namespace, id.value, profile.id, id.rank, id.since, null],
    );
  const basisRows = (fresh: boolean) =>
    rows(
      ({ world }) =>
        [...world.changes.bases]
          .flatMap((key) => present(world.bases.get(key)))
          .filter(({ profileId }) => world.changes.newProfiles.has(profileId) === fresh),
      (shopId, basis) => [
        ...[shopId, basis.profileId, basis.basisId, basis.standing.status, basis.standing.since, basis.changedAt],
        ...[basis.activityAt, basis.standing],
      ],
    );
  yield send(client, insertProfiles, rows(profilesOf(true), profileRow));
  yield send(client, updateProfiles, rows(profilesOf(false), profileRow));
  yield send(
    client,
    droppedIds,
    rows(droppingIds, (shopId, profile) => [
      shopId,
      profile.id,
      textArray(profile.externalIds.map(({ namespace, value }) => `${namespace} ${value}`)),
    ]),
  );
  yield send(client, newIdentifiers, idRows(profilesOf(true)));
  yield send(client, identifiers, idRows(changedIds));
  yield send(
    client,
    identifiers,
    rows(
      ({ world }) =>
        [...world.changes.former].flatMap((email) =>
          (world.former.get(email) ?? []).map((holder) => ({ email, holder })),
        ),
      (shopId, { email, holder }) => [shopId, 'email', '', email, holder.profileId, 2, holder.until, holder.until],
    ),
  );
  yield send(
    client,
    tokens,
    rows(
      ({ world }) => world.changes.tokens,
      (shopId, token, world) => {
        const binding = world.tokens.get(token);
        return binding === undefined ? null : [shopId, token, binding.profileId, binding.verified, binding.boundAt];
      },
    ),
  );
  yield send(client, insertOrders, rows(ordersOf(true), orderRow));
  yield send(client, updateOrders, rows(ordersOf(false), orderRow));
  yield send(
    client,
    saveCarts,
    rows(({ world }) => world.changes.carts.values(), cartRow),
  );
  yield send(
    client,
    acts,
    rows(({ world }) => world.changes.acts, actRow),
  );
  yield send(
    client,
    voids,
    rows(
      ({ world }) => world.changes.voided,
      (shopId, act) => [shopId, act.profileId, act.seq, act.n, act.void],
    ),
  );
  yield send(client, newBases, basisRows(true));
  yield send(client, bases, basisRows(false));
  yield sendCounts(client, shops);
  yield send(
    client,
    orderHistory,
    rows(
      ({ world }) => world.changes.orderHistory,
      (shopId, row) => [
        ...[shopId, row.orderId, row.seq, row.n, row.at, row.arrivedAt, row.source, row.payment, row.fulfilment],
        ...[row.cancelled, row.legacyState],
      ],
    ),
  );
  yield send(
    client,
    refusals,
    rows(
      ({ world }) => world.changes.refusals,
      (shopId, key, world) => {
        const [address, basis] = splitKey(key);
        const refusal = world.refusals.get(key);
        return refusal === undefined
          ? null
          : [shopId, hash(shopId, address), Number(basis), refusal.at, refusal.personal];
      },
    ),
  );
  yield send(
    client,
    droppedRefusals,
    rows(
      ({ world }) => world.changes.dropped,
      (shopId, key, world) => {
        const [address, basis] = splitKey(key);
        return world.refusals.has(key) ? null : [shopId, hash(shopId, address), Number(basis)];
      },
    ),
  );
  yield send(
    client,
    objections,
    rows(
      ({ world }) => world.changes.objections,
      (shopId, key, world) => {
        const [address, channel] = splitKey(key);
        const objection = world.objections.get(key);
        return objection === undefined
          ? null
          : [shopId, hash(shopId, address), channel, objection.since, objection.cause, objection.liftedAt];
      },
    ),
  );
  yield send(
    client,
    stubs,
    rows(
      ({ world }) => world.changes.stubs,
      (shopId, key, world) => [shopId, hash(shopId, key), world.stubs.get(key) ?? null],
    ),
  );
  yield send(
    client,
    settings,
    rows(
      ({ world }) => world.changes.settings,
      (shopId, { settings: { version, ...body }, seq, at, by }) => [shopId, version, seq, at, by, body],
    ),
  );
  yield send(
    client,
    installed,
    rows(
      ({ world, rows: { installedAt } }) =>
        installedAt !== null || world.installedAt === null ? [] : [world.installedAt],
      (shopId, at) => [shopId, at],
    ),
  );
}

function isSameId(one: ExternalId, other: ExternalId): boolean {
  return one.value === other.value && one.namespace === other.namespace;
}

function actRow(shopId: ShopId, act: Act): Row {
  return [
    ...[
      shopId,
      act.profileId,
      act.seq,
      act.n,
      act.basisId,
      act.at,
      act.arrivedAt,
      act.kind,
      act.toward,
      act.cause,
      act.source,
    ],
    ...[act.channel, act.series, act.orderId, act.flags, act.void],
  ];
}

/** `<address> <basis or channel>`; neither of the latter has a space. */
function splitKey(key: string): [AddressKey, string] {
  const space = key.lastIndexOf(' ');
  return [key.slice(0, space) as AddressKey, key.slice(space + 1)];
}
