import { describe, expect, it } from 'vitest';
import { legacyState, mapState, type RankState, standingState, stateRank } from './order-state.ts';
import { defaultSettings, type MappedState } from './settings.ts';

const placed: MappedState = { payment: 'none', fulfilment: 'none', cancelled: false };
const authorised: MappedState = { ...placed, payment: 'authorised' };
const paid: MappedState = { ...placed, payment: 'paid' };
const shipped: MappedState = { ...paid, fulfilment: 'shipped' };
const cancelled: MappedState = { ...placed, cancelled: true };

interface Said {
  readonly state: MappedState;
  readonly at: number;
  readonly own?: boolean;
  readonly creating?: boolean;
  readonly rank?: 1 | 2;
}

function fold(said: readonly Said[]): RankState | null {
  let state: RankState | null = null;
  for (const { state: stated, at, own = false, creating = false, rank = 2 } of said) {
    state = stateRank(state, { state: stated, at, own, creating, rank });
  }
  return state;
}

describe('codes (rules §3.2)', () => {
  it.each([
    ['10', placed],
    ['20', paid],
    ['50', shipped],
    ['0', cancelled],
    ['30', null],
    ['', null],
    ['constructor', null],
  ])('%j of the legacy wire', (code, state) => {
    expect(mapState({ code }, 'server', defaultSettings)).toEqual(state);
  });

  it("takes the shop's own map of a source before the legacy codes", () => {
    const settings = { ...defaultSettings, stateMaps: { server: { '10': paid, odd: cancelled } } };
    expect(mapState({ code: 'odd' }, 'server', settings)).toEqual(cancelled);
    expect(mapState({ code: '10' }, 'server', settings)).toEqual(paid);
    expect(mapState({ code: '10' }, 'browser', settings)).toEqual(placed);
  });

  it.each([
    [placed, false, 10],
    [authorised, false, 10],
    [{ ...placed, payment: 'part-paid' }, false, 10],
    [paid, false, 20],
    [{ ...paid, fulfilment: 'part-shipped' }, false, 20],
    [{ ...placed, fulfilment: 'part-shipped' }, false, 10],
    [{ ...placed, fulfilment: 'shipped' }, false, 50],
    [shipped, false, 50],
    [{ ...shipped, cancelled: true }, false, 0],
    [shipped, true, 0],
  ] as const)('outwards %o, fully refunded %s: %d', (state, refunded, code) => {
    expect(legacyState(state, refunded)).toBe(code);
  });
});

describe('which statement stands (rules §3.3)', () => {
  it.each<[string, readonly Said[], Partial<MappedState>]>([
    [
      'without own times payment goes only forward',
      [
        { state: paid, at: 1 },
        { state: placed, at: 2 },
      ],
      paid,
    ],
    [
      'with own times the newer wins',
      [
        { state: paid, at: 1, own: true },
        { state: authorised, at: 2, own: true },
      ],
      authorised,
    ],
    [
      'with own times an older one that came late loses',
      [
        { state: paid, at: 2, own: true },
        { state: authorised, at: 1, own: true },
      ],
      paid,
    ],
    [
      'at equal times the further state',
      [
        { state: paid, at: 1, own: true },
        { state: authorised, at: 1, own: true },
      ],
      paid,
    ],
    [
      'some with own times and some without: forward only',
      [
        { state: paid, at: 1, own: true },
        { state: placed, at: 2 },
      ],
      paid,
    ],
    [
      'a creating call never lowers',
      [
        { state: shipped, at: 1 },
        { state: placed, at: 2, creating: true },
      ],
      shipped,
    ],
    [
      'a creating call never cancels what exists',
      [
        { state: paid, at: 1 },
        { state: cancelled, at: 2, creating: true },
      ],
      { cancelled: false },
    ],
    [
      'a creating call never revives',
      [
        { state: cancelled, at: 1 },
        { state: paid, at: 2, creating: true },
      ],
      { cancelled: true },
    ],
    [
      '0 is left by a later 20',
      [
        { state: cancelled, at: 1 },
        { state: paid, at: 2 },
      ],
      paid,
    ],
    [
      '0 is left by a later 50',
      [
        { state: cancelled, at: 1 },
        { state: shipped, at: 2 },
      ],
      shipped,
    ],
    [
      '0 is not left by a later 10',
      [
        { state: cancelled, at: 1 },
        { state: placed, at: 2 },
      ],
      { cancelled: true },
    ],
    [
      'a newer own time clears cancelled',
      [
        { state: cancelled, at: 1, own: true },
        { state: placed, at: 2, own: true },
      ],
      { cancelled: false },
    ],
    [
      'an older own time does not',
      [
        { state: cancelled, at: 2, own: true },
        { state: paid, at: 1, own: true },
      ],
      { cancelled: true },
    ],
    [
      'a cancellation keeps the payment',
      [
        { state: paid, at: 1 },
        { state: cancelled, at: 2 },
      ],
      { payment: 'paid', cancelled: true },
    ],
    [
      'a browser does not revive',
      [
        { state: cancelled, at: 1, rank: 1 },
        { state: paid, at: 2, rank: 1 },
      ],
      { cancelled: true },
    ],
    [
      'a browser does not cancel',
      [
        { state: paid, at: 1, rank: 1 },
        { state: cancelled, at: 2, rank: 1 },
      ],
      { cancelled: false },
    ],
  ])('%s', (_, said, expected) => {
    expect(standingState(fold(said), null)).toMatchObject(expected);
  });

  it('puts a server before a browser, whenever each came', () => {
    const [server, browser] = [fold([{ state: placed, at: 1 }]), fold([{ state: shipped, at: 2, rank: 1 }])];
    expect(standingState(server, browser)).toEqual(placed);
    expect(standingState(null, browser)).toEqual(shipped);
    expect(standingState(null, null)).toEqual(placed);
  });

  it('remembers the first time it was paid', () => {
    expect(
      fold([
        { state: paid, at: 5, own: true },
        { state: shipped, at: 3, own: true },
      ])?.paidAt,
    ).toBe(3);
  });
});
