/** For tests: a shop with one connected store and nothing in it, and what that store states. */
import type { Fact, Instant, Statement } from '#domain/facts.ts';
import { orderId, profileId, seq, shopId } from '#domain/ids.ts';
import { type Platform, platformStates } from '#domain/platform-state.ts';
import { defaultSettings } from '#domain/settings.ts';
import { ShopWorld } from '#domain/world.ts';

export const zone = 'Europe/Paris';
/** Later than anything recorded. */
export const arrival: Instant = Date.parse('2026-11-24T00:00:00Z');

/** `installedAt`: long before anything recorded, so that what is created is new. */
export function emptyStore(platform: string): ShopWorld {
  let profiles = 0;
  let orders = 0;
  const states = platformStates[platform as Platform] ?? [];
  const fixed = platform === 'prestashop' || platform === 'opencart';
  return new ShopWorld({
    settings: {
      ...defaultSettings,
      stores: [platform],
      stateMaps: fixed
        ? { [`store:${platform}`]: Object.fromEntries(states.map(({ code, state }) => [code, state])) }
        : {},
    },
    installedAt: Date.parse('2000-01-01T00:00:00Z'),
    complete: true,
    supply: {
      profileId: () => profileId(++profiles),
      orderId: () => orderId(++orders),
      subjectKey: () => `subject-${profiles}`,
      readToken: () => null,
      hideReference: (reference) => `erased:${reference}`,
    },
  });
}

let last = 0n;

export function statementFrom(platform: string, facts: readonly Fact[], arrivedAt: Instant = arrival): Statement {
  return {
    seq: seq(++last),
    shopId: shopId(1),
    arrivedAt,
    source: { kind: 'store', store: platform },
    pageHost: null,
    mayRead: false,
    test: false,
    facts,
  };
}
