/** Facts as decoders of platforms state them: only what an object says, the rest not stated. */
import type {
  AccountFact,
  CartFact,
  NewsletterFact,
  OrderFact,
  StatedFields,
  StatedItem,
  StatedMoney,
  StatedOptIn,
  StatedOrder,
  StatedPerson,
  StatedTime,
} from '#domain/facts.ts';
import { eachOrderText } from '#domain/order-text.ts';
import type { Reason } from '#domain/reasons.ts';
import type { Decoded } from './decoded.ts';
import type { ShopItem } from './shop-item.ts';
import { exactTime, flagOf, idOf, objectOf, textOf } from './shop-values.ts';

export interface SaidOrder extends Partial<Omit<StatedOrder, 'key'>> {
  readonly key: string;
  readonly person?: StatedPerson;
  readonly createdAt?: StatedTime | null;
  readonly ownTime: StatedTime | null;
  readonly optIns?: readonly StatedOptIn[];
  readonly known?: true;
}

export const nobody: StatedPerson = personOf(null, null, {});

export function personOf(externalId: string | null, email: string | null, fields: StatedFields): StatedPerson {
  return { externalId, email, token: null, fields, addTags: [], delTags: [], custom: {} };
}

/** With `createdAt` it is the platform's own object, new when it was created after the installation; without, something said about it. */
export function orderFact(said: SaidOrder): OrderFact {
  const { person = nobody, createdAt = null, ownTime, optIns = [], known, ...order } = said;
  return {
    type: 'order',
    store: null,
    ownTime,
    creating: createdAt !== null,
    createdAt,
    person,
    order: {
      number: null,
      placedAt: createdAt,
      total: null,
      state: null,
      refunds: [],
      refundTotal: null,
      ...eachOrderText(() => null),
      addTags: [],
      delTags: [],
      attributes: null,
      items: null,
      cartKey: null,
      ...order,
    },
    optIns,
    consents: [],
    ...(known === true ? { known } : {}),
  };
}

export interface SaidAccount {
  readonly person: StatedPerson;
  /** null: not stated; `now`: by the very event that tells it. */
  readonly createdAt: StatedTime | null | 'now';
  readonly ownTime: StatedTime | null;
  readonly optIns?: readonly StatedOptIn[];
}

export function accountFact({ person, createdAt, ownTime, optIns = [] }: SaidAccount): AccountFact {
  return {
    type: 'account',
    store: null,
    ownTime,
    creating: createdAt !== null,
    createdAt: createdAt === 'now' ? null : createdAt,
    person,
    optIns,
    consents: [],
  };
}

export function newsletterFact(person: StatedPerson, value: 0 | 1, ownTime: StatedTime | null): NewsletterFact {
  return { type: 'newsletter', store: null, ownTime, person, value, optIns: [], consents: [] };
}

export interface SaidCart {
  readonly key: string | null;
  readonly person: StatedPerson;
  readonly total: StatedMoney | null;
  readonly items: readonly StatedItem[] | null;
  readonly state: CartFact['state'];
  readonly ownTime: StatedTime | null;
  readonly data?: CartFact['cart']['data'];
}

export function cartFact({ key, person, total, items, state, ownTime, data = {} }: SaidCart): CartFact {
  const count = items === null ? null : items.reduce((sum, { quantity }) => sum + quantity, 0);
  return { type: 'cart', store: null, ownTime, person, state, cart: { key, total, count, items, data } };
}

/**
 * `consent.set` of the envelope: what a person did at a form of the shop, in our words, the same from every plugin
 * (`{channel, value, email, phone, customer_id, at}`).
 */
export function decodeConsentSet(item: ShopItem): Decoded {
  const body = objectOf(item.body);
  const value = flagOf(body.value);
  const phone = textOf(body.phone);
  const person = personOf(
    idOf(body.customer_id),
    textOf(body.email),
    body.channel === 'sms' && phone !== null ? { mobile: phone } : {},
  );
  if (person.externalId === null && person.email === null)
    return { word: 'rejected', reason: 'wire.no_identity', field: 'object.email' };
  if (value === null) return { word: 'rejected', reason: 'wire.missing_field', field: 'object.value' };
  const ownTime = exactTime(body.at, item.zone) ?? item.occurredAt;
  if (body.channel === 'email') return read(newsletterFact(person, value, ownTime));
  if (body.channel === 'sms')
    return read(accountFact({ person, createdAt: null, ownTime, optIns: [{ channel: 'sms', value, kind: 'act' }] }));
  return { word: 'rejected', reason: 'wire.missing_field', field: 'object.channel' };
}

export function read(...facts: Extract<Decoded, { word: 'read' }>['facts']): Decoded {
  return { word: 'read', facts, notes: [] };
}

/** It came, and it states nothing we keep. */
export function ignored(reason: Reason, field: string | null = null): Decoded {
  return { word: 'ignored', reason, field };
}

export function missing(field: string): Decoded {
  return { word: 'rejected', reason: 'wire.missing_field', field };
}
