/** The Tracker page's simulator says what the rules do (rules §4, §5, §6). */
import { expect, test } from 'vitest';
import { defaultSettings } from '#domain/settings.ts';
import { simulate, type Trial } from './simulator.ts';

const [orders, optIn, sms, newsletter] = [4, 6, 7, 1];

/** Status to, and why when it stays. */
const cases: readonly (readonly [basis: number, Trial['status'], Trial['source'], Trial['event'], to: string])[] = [
  [orders, 'unknown', 'server', 'order', 'accepted'],
  [orders, 'unknown', 'browser', 'order', 'accepted'],
  [orders, 'unknown', 'server', 'oldOrder', 'unknown'],
  [orders, 'unknown', 'server', 'account', 'unknown'],
  [orders, 'refusedSelf', 'server', 'order', 'refused'],
  [orders, 'refusedShop', 'server', 'order', 'refused'],
  [orders, 'accepted', 'server', 'orderNoOptin', 'accepted'],
  [optIn, 'unknown', 'server', 'boxOn', 'accepted'],
  [optIn, 'unknown', 'server', 'boxOff', 'unknown'],
  [optIn, 'unknown', 'server', 'order', 'unknown'],
  [optIn, 'refusedSelf', 'server', 'boxOn', 'refused'],
  [sms, 'unknown', 'server', 'smsOn', 'accepted'],
  [sms, 'unknown', 'server', 'boxOn', 'unknown'],
  [newsletter, 'unknown', 'server', 'boxOn', 'unknown'],
];

test.each(cases)('basis %i, %s, from the %s: %s → %s', (basis, status, source, event, to) => {
  const { asked } = simulate(defaultSettings, { basis, status, source, event });
  expect(asked.to).toBe(to);
  // What stays refused says why.
  if (asked.from === 'refused') expect(asked.why).not.toBeNull();
});

test('what else moves is told, and nothing moves where the shop chose none', () => {
  const trial = { basis: orders, status: 'unknown', source: 'server', event: 'orderOptin' } as const;
  const { asked, others } = simulate(defaultSettings, trial);
  expect([asked.to, others.map(({ basis, to }) => [basis, to])]).toEqual(['accepted', [[optIn, 'accepted']]]);
  const none = { ...defaultSettings, uplift: { order: null, account: null, optinEmail: null, optinSms: null } };
  const without = simulate(none, trial);
  expect([without.asked.to, without.others]).toEqual(['unknown', []]);
});

test('the same trial gives the same answer however often it is made', () => {
  const trial = { basis: orders, status: 'refusedSelf', source: 'browser', event: 'order' } as const;
  expect(simulate(defaultSettings, trial)).toEqual(simulate(defaultSettings, trial));
});
