import { type Static, Type } from '@sinclair/typebox';
import { customFieldTypes } from '#domain/custom-field.ts';
import { profileFields } from '#domain/facts.ts';
import { CartRow } from './carts.ts';
import { basisFilter, dayFilter } from './list-filters.ts';
import { OrderRow } from './orders.ts';
import { BasisMove } from './verification.ts';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);

export const StaffStatus = Type.Union([Type.Literal('accepted'), Type.Literal('refused'), Type.Literal('unknown')]);
export type StaffStatus = Static<typeof StaffStatus>;

export const ProfileRow = Type.Object({
  id: Type.Number(),
  email: MaybeText,
  name: MaybeText,
  firstname: MaybeText,
  lastSeen: Type.Number(),
});
export type ProfileRow = Static<typeof ProfileRow>;

export const ProfileQuery = Type.Object({
  /** An e-mail, an external id, a mobile or our own id, exactly. */
  search: Type.Optional(Type.String({ maxLength: 250 })),
  /** `next` of the page before. */
  after: Type.Optional(Type.String({ pattern: '^\\d{1,15}\\.\\d{1,16}$' })),
  ...basisFilter,
  ...dayFilter,
});
export type ProfileQuery = Static<typeof ProfileQuery>;

export const ProfileList = Type.Object({
  zone: Type.String(),
  profiles: Type.Array(ProfileRow),
  /** Where the next page starts; null: there is none. */
  next: MaybeText,
});
export type ProfileList = Static<typeof ProfileList>;

/** A status staff may set now: whether the rules allow it, and whether they ask for a written reason (rules §4). */
export const BasisOffer = Type.Object({
  status: StaffStatus,
  possible: Type.Boolean(),
  needsReason: Type.Boolean(),
});
export type BasisOffer = Static<typeof BasisOffer>;

export const ProfileBasisRow = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  kind: Type.Union([Type.Literal('consent'), Type.Literal('legal')]),
  status: Type.String(),
  since: MaybeTime,
  offers: Type.Array(BasisOffer),
});
export type ProfileBasisRow = Static<typeof ProfileBasisRow>;

export const BasisHistoryRow = Type.Object({
  seq: Type.String(),
  n: Type.Integer(),
  basis: Type.Integer(),
  name: Type.String(),
  from: Type.String(),
  to: Type.String(),
  cause: Type.String(),
  source: Type.String(),
  /** Who of the team did it, where they did. */
  by: MaybeText,
  at: Type.Number(),
  arrivedAt: Type.Number(),
  reason: MaybeText,
  /** A rule stood against it: nothing moved, `from` is what it was and stayed, `to` what was asked; null: it moved. */
  why: MaybeText,
});
export type BasisHistoryRow = Static<typeof BasisHistoryRow>;

export const ProfilePage = Type.Object({
  id: Type.Number(),
  zone: Type.String(),
  email: MaybeText,
  /** Only browsers stated the address. */
  emailClaimed: Type.Boolean(),
  createdAt: Type.Number(),
  lastSeen: Type.Number(),
  accountAt: MaybeTime,
  /** The profile that stands for this one since staff merged them. */
  mergedInto: Type.Union([Type.Number(), Type.Null()]),
  /** The profiles merged into this one. */
  absorbed: Type.Array(Type.Object({ id: Type.Number(), email: MaybeText, name: MaybeText })),
  /** By field name, only those that hold something. */
  fields: Type.Record(Type.String(), Type.String()),
  /** Fields only a browser stated. */
  claimed: Type.Array(Type.String()),
  /** Stands in for a missing last name (rules §2.8). */
  nameStandIn: MaybeText,
  tags: Type.Array(Type.String()),
  custom: Type.Record(Type.String(), Type.String()),
  /** Names of the custom fields the shop has defined, by id. */
  customNames: Type.Record(Type.String(), Type.String()),
  /** What these fields take: a `radio` one of its options. */
  customFields: Type.Array(
    Type.Object({
      id: Type.Integer(),
      type: Type.Union(customFieldTypes.map((one) => Type.Literal(one))),
      options: Type.Array(Type.String()),
    }),
  ),
  identifiers: Type.Array(
    Type.Object({ kind: Type.String(), namespace: Type.String(), value: Type.String(), until: MaybeTime }),
  ),
  orders: Type.Array(OrderRow),
  /** The newest first. */
  carts: Type.Array(CartRow),
  bases: Type.Array(ProfileBasisRow),
  history: Type.Array(BasisHistoryRow),
});
export type ProfilePage = Static<typeof ProfilePage>;

/** The other profile of the same person. */
export const MergeBody = Type.Object(
  { other: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) },
  { additionalProperties: false },
);

export const SetBasisBody = Type.Object(
  {
    status: StaffStatus,
    /** The day the person spoke, in the shop's zone; null: now. */
    date: Type.Union([Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$' }), Type.Null()]),
    reason: Type.Union([Type.String({ maxLength: 1000 }), Type.Null()]),
  },
  { additionalProperties: false },
);
export type SetBasisBody = Static<typeof SetBasisBody>;

const Tag = Type.String({ minLength: 1, maxLength: 250 });

/** What staff correct: only what is present changes; a field's null erases it. */
export const AmendProfileBody = Type.Object(
  {
    email: Type.Optional(Type.String({ maxLength: 320, pattern: '^[^\\s@]+@[^\\s@]+$' })),
    fields: Type.Optional(
      Type.Partial(
        Type.Record(
          Type.Union(profileFields.map((field) => Type.Literal(field))),
          Type.Union([Type.String({ minLength: 1, maxLength: 1000 }), Type.Null()]),
        ),
      ),
    ),
    addTags: Type.Optional(Type.Array(Tag, { maxItems: 100 })),
    delTags: Type.Optional(Type.Array(Tag, { maxItems: 100 })),
    custom: Type.Optional(
      Type.Record(Type.String({ pattern: '^\\d{1,10}$' }), Type.String({ minLength: 1, maxLength: 1000 })),
    ),
  },
  { additionalProperties: false, minProperties: 1 },
);
export type AmendProfileBody = Static<typeof AmendProfileBody>;

/** What became of a change people asked for. `pending`: safe, its outcome comes later. */
export const SettledAnswer = Type.Object({
  pending: Type.Boolean(),
  outcome: MaybeText,
  reasons: Type.Array(Type.String()),
  bases: Type.Array(BasisMove),
});
export type SettledAnswer = Static<typeof SettledAnswer>;
