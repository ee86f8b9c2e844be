/** What a statement's facts plainly mention: loaded before any rule asks for it. */
import { cartRef } from '#domain/cart.ts';
import { emailNormal } from '#domain/email.ts';
import { stubKeysOf } from '#domain/erasure.ts';
import type { Fact, StatedPerson, Statement } from '#domain/facts.ts';
import { profileId } from '#domain/ids.ts';
import { phoneNormal } from '#domain/phone.ts';
import type { ShopSettings } from '#domain/settings.ts';
import { namespaceOf } from '#domain/source.ts';
import type { Need } from '#domain/world-rows.ts';

export interface Prediction {
  readonly needs: Need[];
  readonly readToken: (value: string) => string | null;
  readonly settings: ShopSettings;
  /** Somebody of the shop was erased: whoever is named may be them. */
  readonly erasures: boolean;
}

export function predictNeeds(statement: Statement, prediction: Prediction): void {
  for (const fact of statement.facts) predictFact(statement, fact, prediction);
}

function predictFact({ source }: Statement, fact: Fact, prediction: Prediction): void {
  const { needs, settings } = prediction;
  const namespace = () => namespaceOf(source, fact.store, settings);
  if (prediction.erasures) {
    for (const key of stubKeysOf(fact, namespace(), settings)) needs.push({ what: 'stub', key });
  }
  switch (fact.type) {
    case 'order':
      predictPerson(fact.person, prediction);
      if (fact.order !== null) {
        needs.push({ what: 'order', reference: fact.order.key });
        if (fact.person.token !== null) predictCarts(fact.person.token, prediction);
        if (fact.order.number !== null) needs.push({ what: 'order', reference: fact.order.number });
      }
      break;
    case 'account':
    case 'automation':
    case 'newsletter':
    case 'token':
      predictPerson(fact.person, prediction);
      break;
    case 'consent':
    case 'objection':
      if ('profileId' in fact.subject) needs.push({ what: 'profile', id: profileId(fact.subject.profileId) });
      else predictIdentity(fact.subject.email, fact.subject.externalId, needs);
      break;
    case 'visit':
      predictToken(fact.token, prediction);
      break;
    case 'expiry':
      needs.push({ what: 'profile', id: profileId(fact.profileId) });
      break;
    case 'cart': {
      predictPerson(fact.person, prediction);
      const { key } = fact.cart;
      const ref = key === null ? null : cartRef({ key, namespace: namespace(), ownerId: null, token: null });
      if (ref !== null) needs.push({ what: 'cart', ref });
      break;
    }
    case 'abandon':
      needs.push({ what: 'cart', ref: fact.ref });
      break;
    case 'profile':
      needs.push({ what: 'profile', id: profileId(fact.profileId) });
      predictPerson(fact.person, prediction);
      break;
    case 'merge':
      for (const id of [profileId(fact.profileId), profileId(fact.other)])
        needs.push({ what: 'profile', id }, { what: 'acts', id });
      break;
    case 'erase':
      needs.push({ what: 'profile', id: profileId(fact.profileId) });
      break;
    case 'undo':
      for (const id of fact.profiles.map(profileId)) needs.push({ what: 'profile', id }, { what: 'acts', id });
      break;
    case 'settings':
      break;
  }
}

function predictPerson(person: StatedPerson, prediction: Prediction): void {
  const { needs } = prediction;
  const { country } = prediction.settings;
  predictIdentity(person.email, person.externalId, needs);
  for (const phone of [person.fields.mobile, person.fields.phone]) {
    const normal = phone ? phoneNormal(phone, person.fields.country ?? country, country) : null;
    if (normal !== null) needs.push({ what: 'address', key: `phone:${normal}` });
  }
  if (person.token !== null) predictToken(person.token, prediction);
}

function predictIdentity(email: string | null, externalId: string | null, needs: Need[]): void {
  const normal = email === null ? null : emailNormal(email);
  if (normal !== null) needs.push({ what: 'email', email: normal }, { what: 'address', key: `email:${normal}` });
  if (externalId !== null) needs.push({ what: 'external', value: externalId });
}

function predictCarts(value: string, { needs, readToken }: Prediction): void {
  const token = readToken(value);
  if (token !== null) needs.push({ what: 'carts', token });
}

function predictToken(value: string, { needs, readToken }: Prediction): void {
  const token = readToken(value);
  if (token !== null) needs.push({ what: 'token', token });
}
