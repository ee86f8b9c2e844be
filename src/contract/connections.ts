/** Stores connected to a shop, as the Tracker page shows and makes them. */
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { type askedPlatforms, storePlatforms } from './lists.ts';

const closed = { additionalProperties: false } as const;
const maybe = <Kind extends TSchema>(kind: Kind) => Type.Union([kind, Type.Null()]);
const words = <Word extends string>(list: readonly Word[]) => Type.Union(list.map((word) => Type.Literal(word)));

export type StorePlatformName = (typeof storePlatforms)[number];
export type AskedPlatform = (typeof askedPlatforms)[number];

/** What is wrong with a connection, in the words of `connections.fault.*`. */
export const connectionFaults = [
  'uninstalled',
  'keys_wrong',
  'scope_orders',
  'scope_customers',
  'scope_webhooks',
  'scope_states',
  'scope_currencies',
  'scope_all_orders',
  'scope_products',
  'not_the_api',
  'no_answer',
  'limited',
  'busy',
  'operation_failed',
  'disk_full',
  'pages_repeat',
] as const;
export type ConnectionFault = (typeof connectionFaults)[number];

const Id = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

/** What was read from a store's API: its history, or what missed deliveries lost. */
export const PullState = Type.Object({
  state: words(['running', 'done', 'stopped', 'failed'] as const),
  objects: Type.Integer(),
  /** How many there are, where the store says so. */
  expected: maybe(Type.Integer()),
  fault: maybe(words(connectionFaults)),
  startedAt: Type.Number(),
  finishedAt: maybe(Type.Number()),
  /** It waits until then: the store asked for a pause, or did not answer. */
  nextAt: Type.Number(),
  created: Type.Integer(),
  updated: Type.Integer(),
  unchanged: Type.Integer(),
  refused: Type.Integer(),
  /** Of a history: the import its counts and its report are under. */
  importId: maybe(Type.String()),
  /** Objects all rounds created or updated, and when one last did; null: none did. */
  repaired: Type.Integer(),
  repairedAt: maybe(Type.Number()),
});
export type PullState = Static<typeof PullState>;

export const ConnectionRow = Type.Object({
  id: Id,
  platform: words(storePlatforms),
  /** Namespace of its ids and orders. */
  store: Type.String(),
  name: Type.String(),
  /** Where the store delivers to. */
  url: Type.String(),
  /** Where its API is asked; null: it is not. */
  address: maybe(Type.String()),
  createdAt: Type.Number(),
  /** The former secret is accepted until then. */
  oldSecretUntil: maybe(Type.Number()),
  fault: maybe(words(connectionFaults)),
  faultAt: maybe(Type.Number()),
  /** Of the last 30 days. */
  received: Type.Integer(),
  refused: Type.Integer(),
  pings: Type.Integer(),
  lastAt: maybe(Type.Number()),
  lastTopic: maybe(Type.String()),
  lastLagMs: maybe(Type.Number()),
  refusedAt: maybe(Type.Number()),
  /** A reason (`domain/reasons.ts`). */
  refusedWhy: maybe(Type.String()),
  /** When subscriptions the store had ended or lost were last made again, how many, and how many were woken. */
  repairedAt: maybe(Type.Number()),
  repairedMade: Type.Integer(),
  repairedWoken: Type.Integer(),
  /** null: never started. */
  history: maybe(PullState),
  reconcile: maybe(PullState),
});
export type ConnectionRow = Static<typeof ConnectionRow>;

export const ConnectionList = Type.Object({ zone: Type.String(), connections: Type.Array(ConnectionRow) });
export type ConnectionList = Static<typeof ConnectionList>;

export const mostConnections = 20;

export const ConnectionBody = Type.Object(
  {
    platform: words(storePlatforms),
    name: Type.String({ minLength: 1, maxLength: 100 }),
    /** What the platform itself signs with (Shopify's client secret); absent: one is made. */
    secret: Type.Optional(Type.String({ minLength: 8, maxLength: 300, pattern: '^[\\x21-\\x7e]+$' })),
  },
  closed,
);
export type ConnectionBody = Static<typeof ConnectionBody>;

export const ConnectionSecretBody = Type.Object({ secret: ConnectionBody.properties.secret }, closed);
export type ConnectionSecretBody = Static<typeof ConnectionSecretBody>;

/** Shown to those who may. */
export const ConnectionSecret = Type.Object({ id: Id, url: Type.String(), secret: Type.String() });
export type ConnectionSecret = Static<typeof ConnectionSecret>;

const Credential = Type.String({ minLength: 4, maxLength: 300, pattern: '^[\\x21-\\x7e]+$' });

/** WooCommerce: `key` and `secret`; PrestaShop: `key`; Shopify: `token`. */
export const StoreApiBody = Type.Object(
  {
    address: Type.String({ minLength: 4, maxLength: 300 }),
    credentials: Type.Object(
      { key: Type.Optional(Credential), secret: Type.Optional(Credential), token: Type.Optional(Credential) },
      closed,
    ),
  },
  closed,
);
export type StoreApiBody = Static<typeof StoreApiBody>;

/** What a check of a store's API found; `missing` names what the credentials may not do: where it is `ok`, what works only in part. */
export const StoreCheck = Type.Object({
  ok: Type.Boolean(),
  missing: Type.Array(words(connectionFaults)),
  /** Version the store says it has. */
  version: maybe(Type.String()),
  /** Webhooks of ours in the store: made now, there already, ended by the store and made active again. */
  webhooks: maybe(Type.Object({ made: Type.Integer(), kept: Type.Integer(), woken: Type.Integer() })),
});
export type StoreCheck = Static<typeof StoreCheck>;
