/** What the owner of the installation sees and does: shops, people, health. */
import { type Static, Type } from '@sinclair/typebox';
import { AlarmName } from './account.ts';
import { MailHealth } from './outbox.ts';

const closed = { additionalProperties: false } as const;
const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const InstanceShops = Type.Object({
  shops: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      demo: Type.Boolean(),
      createdAt: Type.Number(),
      installedAt: MaybeTime,
      closedAt: MaybeTime,
      /** It is being taken apart. */
      deletingAt: MaybeTime,
      members: Type.Integer(),
      administrators: Type.Integer(),
      /** Whether the reader is one of its members. */
      mine: Type.Boolean(),
    }),
  ),
});
export type InstanceShops = Static<typeof InstanceShops>;

export const NewShopBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) }, closed);
export const NewShopAnswer = Type.Object({ shopId: Type.Integer() });
export type NewShopAnswer = Static<typeof NewShopAnswer>;

/** The shop's name, typed by hand. */
export const DeleteShopBody = Type.Object({ name: Type.String({ maxLength: 100 }) }, closed);

export const InstancePeople = Type.Object({
  /** By address, at most 200; a search narrows them. */
  people: Type.Array(
    Type.Object({
      id: Type.String(),
      email: Type.String(),
      name: Type.String(),
      instanceAdmin: Type.Boolean(),
      secondFactor: Type.Boolean(),
      createdAt: Type.Number(),
      seenAt: MaybeTime,
      shops: Type.Array(Type.Object({ id: Type.Integer(), name: Type.String(), role: Type.String() })),
    }),
  ),
  more: Type.Boolean(),
});
export type InstancePeople = Static<typeof InstancePeople>;

export const PeopleQuery = Type.Object({ search: Type.Optional(Type.String({ maxLength: 250 })) }, closed);
export const OwnerBody = Type.Object({ instanceAdmin: Type.Boolean() }, closed);
export const peopleShown = 200;

export const Health = Type.Object({
  node: Type.String(),
  postgres: Type.String(),
  /** Of the process that answers. */
  startedAt: Type.Number(),
  intake: Type.Object({
    /** Micro-batches received and not applied, counted up to 10,000, and how long the oldest waits. */
    batches: Type.Integer(),
    oldestAt: MaybeTime,
    /** Items that failed through our fault and are tried again. */
    parked: Type.Integer(),
    /** 0 to 1: how full the queue of this process is. */
    pressure: Type.Number(),
    /** Calls on this process's disk because the database was away; null: it keeps none. */
    spool: Type.Union([
      Type.Object({ calls: Type.Integer(), bytes: Type.Number(), filesTooOld: Type.Integer() }),
      Type.Null(),
    ]),
  }),
  disk: Type.Union([Type.Object({ free: Type.Number(), total: Type.Number() }), Type.Null()]),
  databaseBytes: Type.Number(),
  mail: Type.Object({ configured: Type.Boolean(), ...MailHealth.properties }),
  jobs: Type.Array(
    Type.Object({
      name: Type.String(),
      startedAt: Type.Number(),
      tookMs: Type.Number(),
      /** Name of the error of the last run; null: it went well. */
      fault: MaybeText,
      failedAt: MaybeTime,
    }),
  ),
  alarms: Type.Array(
    Type.Object({
      shopId: Type.Integer(),
      shop: Type.String(),
      alarm: AlarmName,
      since: Type.Number(),
      figure: Type.Integer(),
    }),
  ),
});
export type Health = Static<typeof Health>;
