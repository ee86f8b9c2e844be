/** Bases as the merchant sees and words them (menu CRM > RGPD). */
import { type Static, Type } from '@sinclair/typebox';

const MaybeText = Type.Union([Type.String(), Type.Null()]);
const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const literals = <const Words extends readonly string[]>(words: Words) =>
  Type.Union(words.map((word) => Type.Literal<Words[number]>(word)));

export const Ground = literals(['consent', 'contract', 'legitimate-interest']);
export type Ground = Static<typeof Ground>;
export const Purpose = literals(['service', 'marketing']);
export const Channel = literals(['email', 'sms', 'phone', 'post']);
export const Activity = literals(['order', 'signup', 'account', 'visit', 'cart', 'act']);
export const BasisStatus = literals(['accepted', 'refused', 'to confirm', 'unknown']);
export type BasisStatus = Static<typeof BasisStatus>;

export const Expiry = Type.Union([
  Type.Object(
    {
      days: Type.Integer({ minimum: 1, maximum: 3650 }),
      prolongedBy: Type.Array(Activity, { uniqueItems: true, maxItems: 6 }),
    },
    { additionalProperties: false },
  ),
  Type.Null(),
]);

const wording = {
  name: Type.String({ minLength: 1, maxLength: 200 }),
  /** On the wire; several bases may share it. */
  techName: Type.String({ minLength: 1, maxLength: 200 }),
  ground: Ground,
  description: Type.String({ maxLength: 2000 }),
  /** By language; an empty one is left out. */
  texts: Type.Record(Type.String({ pattern: '^[a-z]{2}$' }), Type.String({ maxLength: 2000 }), { maxProperties: 20 }),
  balanceTest: Type.Union([Type.String({ maxLength: 4000 }), Type.Null()]),
  purposes: Type.Array(Purpose, { uniqueItems: true, maxItems: 2 }),
  channels: Type.Array(Channel, { uniqueItems: true, maxItems: 4 }),
  existingCustomers: Type.Boolean(),
  doubleOptIn: Type.Boolean(),
  expiry: Expiry,
  active: Type.Boolean(),
};

/** Only the keys present change. */
export const BasisBody = Type.Partial(Type.Object(wording), { additionalProperties: false, minProperties: 1 });
export type BasisBody = Static<typeof BasisBody>;

export const BasisRow = Type.Object({
  id: Type.Integer(),
  kind: Type.Union([Type.Literal('consent'), Type.Literal('legal')]),
  ...wording,
  textVersion: Type.Integer(),
  wireType: Type.String(),
  /** Events whose automatic uplift goes here. */
  feeds: Type.Array(literals(['order', 'account', 'optinEmail', 'optinSms'])),
  counts: Type.Object({
    accepted: Type.Number(),
    refused: Type.Number(),
    toConfirm: Type.Number(),
    /** Every other profile of the shop. */
    unknown: Type.Number(),
  }),
});
export type BasisRow = Static<typeof BasisRow>;

export const BasisList = Type.Object({
  zone: Type.String(),
  /** In which people are told what they choose, the main one first. */
  languages: Type.Array(Type.String()),
  /** Days a double opt-in link lives. */
  confirmDays: Type.Integer(),
  /** Whether mails leave by themselves; without a mail server, nobody is asked to confirm anything. */
  mailConfigured: Type.Boolean(),
  bases: Type.Array(BasisRow),
});
export type BasisList = Static<typeof BasisList>;

export const BasisPage = Type.Object({
  zone: Type.String(),
  languages: Type.Array(Type.String()),
  basis: BasisRow,
  /** Every text people were ever shown, newest first. */
  texts: Type.Array(
    Type.Object({
      version: Type.Integer(),
      since: Type.Number(),
      by: MaybeText,
      texts: Type.Record(Type.String(), Type.String()),
    }),
  ),
});
export type BasisPage = Static<typeof BasisPage>;

/** People who hold one status of one basis. */
export const BasisPeople = Type.Object({
  people: Type.Array(Type.Object({ id: Type.Number(), email: MaybeText, name: MaybeText, since: MaybeTime })),
  /** Pass as `after` for the next ones; null: no more. */
  next: Type.Union([Type.Number(), Type.Null()]),
});
export type BasisPeople = Static<typeof BasisPeople>;

/** How many people would become *unknown* tonight under so many days, counted up to 100,000. */
/** `more`: only so many were counted, and there are more. */
export const ExpiryPreview = Type.Object({ days: Type.Integer(), people: Type.Integer(), more: Type.Boolean() });
export type ExpiryPreview = Static<typeof ExpiryPreview>;
