/** What a statement's facts plainly mention: loaded before any rule asks for it. */
import { emailNormal } from '#domain/email.ts';
import type { Fact, StatedPerson, Statement } from '#domain/facts.ts';
import { profileId } from '#domain/ids.ts';
import type { Need } from '#domain/world-rows.ts';

export function predictNeeds(statement: Statement, readToken: (value: string) => string | null): readonly Need[] {
  const needs: Need[] = [];
  for (const fact of statement.facts) predictFact(fact, needs, readToken);
  return needs;
}

function predictFact(fact: Fact, needs: Need[], readToken: (value: string) => string | null): void {
  switch (fact.type) {
    case 'order':
      predictPerson(fact.person, needs, readToken);
      if (fact.order !== null) {
        needs.push({ what: 'order', reference: fact.order.key });
        if (fact.order.number !== null) needs.push({ what: 'order', reference: fact.order.number });
      }
      break;
    case 'account':
    case 'newsletter':
    case 'token':
      predictPerson(fact.person, needs, readToken);
      break;
    case 'consent':
    case 'objection':
      if ('profileId' in fact.subject) needs.push({ what: 'profile', id: profileId(fact.subject.profileId) });
      else predictIdentity(fact.subject.email, fact.subject.externalId, needs);
      break;
    case 'visit':
      predictToken(fact.token, needs, readToken);
      break;
    case 'expiry':
      needs.push({ what: 'profile', id: profileId(fact.profileId) });
      break;
    case 'settings':
      break;
  }
}

function predictPerson(person: StatedPerson, needs: Need[], readToken: (value: string) => string | null): void {
  predictIdentity(person.email, person.externalId, needs);
  if (person.token !== null) predictToken(person.token, needs, readToken);
}

function predictIdentity(email: string | null, externalId: string | null, needs: Need[]): void {
  const normal = email === null ? null : emailNormal(email);
  if (normal !== null) needs.push({ what: 'email', email: normal }, { what: 'address', key: `email:${normal}` });
  if (externalId !== null) needs.push({ what: 'external', value: externalId });
}

function predictToken(value: string, needs: Need[], readToken: (value: string) => string | null): void {
  const token = readToken(value);
  if (token !== null) needs.push({ what: 'token', token });
}
