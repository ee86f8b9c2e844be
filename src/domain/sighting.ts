/** What a shop's installation has been seen to send: the check-list of the Tracker page. */
import type { Fact, Source } from './facts.ts';
import type { Outcome } from './outcome.ts';
import { isLive } from './source.ts';

export const sightings = [
  'script',
  'page',
  'account',
  'order',
  'paid',
  'optin-email',
  'optin-sms',
  'cart',
  'server-order',
  'browser-order',
  'no-signal',
] as const;
export type Sighting = (typeof sightings)[number];

const byType: Readonly<Record<string, Sighting>> = { account: 'account', cart: 'cart', page: 'page' };

/** What one item of live traffic shows to work; nothing when it was not taken. */
export function sightingsOf(source: Source, facts: readonly Fact[], outcome: Outcome): Sighting[] {
  if (!isLive(source) || (outcome.word !== 'applied' && outcome.word !== 'unchanged')) return [];
  const seen = new Set<Sighting>();
  for (const fact of facts) {
    const known = byType[fact.type];
    if (known !== undefined) seen.add(known);
    if (fact.type === 'order' && fact.order !== null) {
      seen.add('order');
      seen.add(source.kind === 'browser' ? 'browser-order' : 'server-order');
    }
    if (fact.type === 'newsletter') seen.add('optin-email');
    if ('optIns' in fact) for (const { channel } of fact.optIns) seen.add(`optin-${channel}`);
  }
  if (outcome.effects.order?.state.payment === 'paid') seen.add('paid');
  return [...seen];
}
