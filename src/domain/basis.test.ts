import { describe, expect, it } from 'vitest';
import {
  type Act,
  type ActFlags,
  type ActKind,
  type Cause,
  type Edge,
  isLate,
  type Standing,
  type Status,
  step,
  unknownStanding,
} from './basis.ts';
import { basisId, profileId, seq } from './ids.ts';
import type { Reason } from './reasons.ts';
import type { BasisKind } from './settings.ts';

/** Every cause as it acts where the table lets it, with all the table asks of it. */
interface Mover {
  readonly name: string;
  readonly cause: Cause;
  readonly flags?: ActFlags;
  readonly edge?: Edge;
  readonly kind?: ActKind;
}

const movers = {
  auto: { name: 'auto', cause: 'auto' },
  act: { name: 'act', cause: 'act' },
  browserAct: { name: 'browser act', cause: 'act', flags: { browser: true } },
  confirmAct: { name: 'act while double opt-in is on', cause: 'act', flags: { confirm: true } },
  edge: { name: 'record edge', cause: 'record edge', edge: 'edge', kind: 'record' },
  confirmEdge: {
    name: 'record edge while double opt-in is on',
    cause: 'record edge',
    edge: 'edge',
    kind: 'record',
    flags: { confirm: true },
  },
  first: { name: 'first record', cause: 'record edge', edge: 'first', kind: 'record' },
  confirmFirst: {
    name: 'first record while double opt-in is on',
    cause: 'record edge',
    edge: 'first',
    kind: 'record',
    flags: { confirm: true },
  },
  repeat: { name: 'repeated record', cause: 'record edge', edge: 'repeat', kind: 'record' },
  person: { name: 'person', cause: 'person' },
  link: { name: 'person through the link', cause: 'person', flags: { link: true } },
  staff: { name: 'staff with a written reason', cause: 'staff', flags: { writtenReason: 'asked by letter' } },
  staffMute: { name: 'staff without a reason', cause: 'staff' },
  import: { name: 'dated import', cause: 'import', flags: { dated: true } },
  importUndated: { name: 'undated import', cause: 'import' },
  importReset: { name: 'import reset', cause: 'import', flags: { reset: true } },
  api: { name: 'dated api', cause: 'api', flags: { dated: true } },
  apiUndated: { name: 'undated api', cause: 'api' },
  same: { name: 'same address', cause: 'same address' },
} as const satisfies Record<string, Mover>;
type Key = keyof typeof movers;
const keys = Object.keys(movers) as Key[];

type Expected = { readonly [K in Key]?: Status | Reason };

/** Rules §4: what becomes of `from` when a cause states `to`. A status: it moves there; a reason: it stays and says so; left out: it stays. */
interface Cell {
  readonly kind: BasisKind;
  readonly from: Status;
  readonly to: 'accepted' | 'refused' | 'unknown';
  readonly personal?: true;
  readonly becomes: Expected;
}

const refusers = [
  'act',
  'person',
  'link',
  'staff',
  'staffMute',
  'import',
  'importUndated',
  'api',
  'apiUndated',
  'same',
] as const;
const edges = ['edge', 'confirmEdge'] as const;

const cells: readonly Cell[] = [
  {
    kind: 'consent',
    from: 'unknown',
    to: 'accepted',
    becomes: {
      ...all(
        ['act', 'browserAct', 'edge', 'first', 'person', 'link', 'staff', 'staffMute', 'import', 'importUndated'],
        'accepted',
      ),
      ...all(['api', 'apiUndated', 'importReset'], 'accepted'),
      ...all(['confirmAct', 'confirmEdge', 'confirmFirst'], 'to confirm'),
      ...all(['auto', 'same'], 'basis.move_not_allowed'),
    },
  },
  {
    kind: 'legal',
    from: 'unknown',
    to: 'accepted',
    becomes: {
      ...all(keys, 'accepted'),
      ...all(['person', 'link', 'same'], 'basis.move_not_allowed'),
      repeat: 'unknown',
    },
  },
  ...both('unknown', 'refused', {
    ...all(refusers, 'refused'),
    browserAct: 'refused',
    confirmAct: 'refused',
    auto: 'basis.move_not_allowed',
    importReset: 'refused',
  }),
  ...both('accepted', 'refused', {
    ...all([...refusers, ...edges], 'refused'),
    browserAct: 'refused',
    confirmAct: 'refused',
    auto: 'basis.move_not_allowed',
    importReset: 'refused',
  }),
  ...both('accepted', 'unknown', {
    ...all(['import', 'importUndated', 'importReset', 'api', 'apiUndated'], 'unknown'),
    ...all(
      ['auto', 'act', 'browserAct', 'confirmAct', 'person', 'link', 'staff', 'staffMute', 'same'],
      'basis.move_not_allowed',
    ),
    ...all([...edges, 'first', 'confirmFirst'], 'basis.move_not_allowed'),
  }),
  ...both('accepted', 'accepted', {}),
  ...both('unknown', 'unknown', {}),
  ...both('refused', 'refused', { auto: 'basis.move_not_allowed' }),
  {
    kind: 'consent',
    from: 'refused',
    to: 'accepted',
    becomes: {
      ...all(['act', 'edge', 'person', 'staff', 'import', 'api'], 'accepted'),
      ...all(['confirmAct', 'confirmEdge'], 'to confirm'),
      ...all(
        ['link', 'first', 'confirmFirst', 'importUndated', 'apiUndated', 'importReset'],
        'basis.refused_needs_act',
      ),
      browserAct: 'basis.browser_cannot_reaccept',
      ...all(['staffMute', 'auto', 'same'], 'basis.move_not_allowed'),
    },
  },
  {
    kind: 'legal',
    from: 'refused',
    to: 'accepted',
    becomes: { ...all(keys, 'basis.refused_is_final'), repeat: 'refused', same: 'basis.move_not_allowed' },
  },
  {
    kind: 'consent',
    from: 'refused',
    to: 'unknown',
    becomes: {
      ...all(['staff', 'import', 'importUndated', 'importReset', 'api', 'apiUndated'], 'unknown'),
      ...all(
        ['auto', 'act', 'browserAct', 'confirmAct', 'person', 'link', 'staffMute', 'same'],
        'basis.move_not_allowed',
      ),
      ...all([...edges, 'first', 'confirmFirst'], 'basis.move_not_allowed'),
    },
  },
  {
    kind: 'legal',
    from: 'refused',
    to: 'unknown',
    becomes: { ...all(keys, 'basis.refused_is_final'), repeat: 'refused', importReset: 'unknown' },
  },
  {
    kind: 'consent',
    from: 'refused',
    to: 'unknown',
    personal: true,
    becomes: { ...all(keys, 'basis.own_refusal'), repeat: 'refused' },
  },
  {
    kind: 'legal',
    from: 'refused',
    to: 'unknown',
    personal: true,
    becomes: { ...all(keys, 'basis.refused_is_final'), repeat: 'refused', importReset: 'basis.own_refusal' },
  },
  {
    kind: 'consent',
    from: 'to confirm',
    to: 'accepted',
    becomes: {
      link: 'accepted',
      ...all(
        ['auto', 'person', 'staff', 'staffMute', 'import', 'importUndated', 'importReset'],
        'basis.move_not_allowed',
      ),
      ...all(['api', 'apiUndated', 'same'], 'basis.move_not_allowed'),
    },
  },
  {
    kind: 'consent',
    from: 'to confirm',
    to: 'refused',
    becomes: {
      ...all([...refusers, ...edges], 'refused'),
      ...all(['browserAct', 'confirmAct', 'importReset'], 'refused'),
      auto: 'basis.move_not_allowed',
    },
  },
  {
    kind: 'consent',
    from: 'to confirm',
    to: 'unknown',
    becomes: { ...all(keys, 'basis.move_not_allowed'), repeat: 'to confirm' },
  },
];

describe('the table of rules §4', () => {
  for (const { kind, from, to, personal, becomes } of cells) {
    describe(`${kind}: ${from} → ${to}${personal ? ', refused by the person' : ''}`, () => {
      it.each(keys.map((key) => [movers[key].name, key] as const))('%s', (_, key) => {
        const mover: Mover = movers[key];
        const act = actOf(mover, to, 10);
        const after = step(standingOf(from, personal === true), act, mover.edge ?? null, kind);
        const expected = becomes[key] ?? from;
        const reason = expected.includes('.') ? expected : null;
        expect({ status: after.standing.status, reason: after.reason }).toEqual({
          status: reason === null ? expected : from,
          reason,
        });
      });
    });
  }

  it('covers every pair of statuses a consent and a legal basis can meet', () => {
    const pairs = new Set(cells.map(({ kind, from, to }) => `${kind} ${from} ${to}`));
    for (const to of ['accepted', 'refused', 'unknown']) {
      for (const from of ['unknown', 'accepted', 'refused']) {
        expect(pairs).toContain(`consent ${from} ${to}`);
        expect(pairs).toContain(`legal ${from} ${to}`);
      }
      expect(pairs).toContain(`consent to confirm ${to}`);
    }
  });

  it.each(['act', 'import', 'api', 'edge'] as const)(
    'lifts a refused consent by %s only later than the refusal',
    (key) => {
      const mover: Mover = movers[key];
      const refused = standingOf('refused', false);
      for (const at of [4, 5]) {
        const after = step(refused, actOf(mover, 'accepted', at), mover.edge ?? null, 'consent');
        expect(after).toMatchObject({ standing: { status: 'refused' }, reason: 'basis.refused_needs_act' });
      }
    },
  );

  it('keeps the first acceptance date when an acceptance is repeated', () => {
    const once = step(unknownStanding, actOf(movers.act, 'accepted', 3), null, 'consent').standing;
    expect(step(once, actOf(movers.act, 'accepted', 9), null, 'consent').standing.since).toBe(3);
  });

  it('ends an acceptance by expiry, and gives it back when the expiry is withdrawn', () => {
    const accepted = standingOf('accepted', false);
    const lapsed = step(
      accepted,
      { ...actOf(movers.auto, 'unknown', 20), kind: 'lapse', cause: 'expiry' },
      null,
      'legal',
    );
    expect(lapsed.standing).toMatchObject({ status: 'unknown', since: null });
    const withdraw: Act = { ...actOf(movers.auto, 'accepted', 20), kind: 'withdraw', cause: 'correction' };
    expect(step(lapsed.standing, withdraw, null, 'legal').standing).toMatchObject({ status: 'accepted', since: 5 });
    expect(step(standingOf('refused', false), withdraw, null, 'legal').standing.status).toBe('refused');
  });

  it.each(['unknown', 'refused'] as const)('goes back to %s when the life of the link ends', (before) => {
    const waiting = step(standingOf(before, false), actOf(movers.confirmAct, 'accepted', 10), null, 'consent').standing;
    expect(waiting.status).toBe('to confirm');
    const ends: Act = { ...actOf(movers.person, 'unknown', 20), kind: 'link-ends', cause: 'expiry' };
    expect(step(waiting, ends, null, 'consent').standing.status).toBe(before);
    expect(step(standingOf('accepted', false), ends, null, 'consent').standing.status).toBe('accepted');
  });

  it('ignores an act whose order went to another owner', () => {
    const act: Act = { ...actOf(movers.auto, 'accepted', 10), void: true };
    expect(step(unknownStanding, act, null, 'legal').standing.status).toBe('unknown');
  });

  it('takes unknown, then acceptance, then refusal at one own time, whoever came first', () => {
    const refused = step(unknownStanding, actOf(movers.act, 'refused', 10), null, 'consent').standing;
    expect(isLate(refused, actOf(movers.act, 'accepted', 10))).toBe(true);
    expect(isLate(refused, actOf(movers.import, 'unknown', 10))).toBe(true);
    const accepted = step(unknownStanding, actOf(movers.act, 'accepted', 10), null, 'consent').standing;
    expect(isLate(accepted, actOf(movers.act, 'refused', 10))).toBe(false);
    expect(isLate(accepted, actOf(movers.act, 'refused', 9))).toBe(true);
  });
});

function all(of: readonly Key[], outcome: Status | Reason): Expected {
  return Object.fromEntries(of.map((key) => [key, outcome]));
}

function both(from: Status, to: Cell['to'], becomes: Expected): readonly Cell[] {
  return (['consent', 'legal'] as const).map((kind) => ({ kind, from, to, becomes }));
}

function standingOf(status: Status, personal: boolean): Standing {
  return {
    status,
    since: status === 'accepted' ? 5 : null,
    refusal: status === 'refused' ? { at: 5, personal } : null,
    before: status === 'to confirm' ? 'unknown' : null,
    lapsed: null,
    last: { at: 5, order: 6 },
  };
}

function actOf({ cause, flags, kind }: Mover, toward: Act['toward'], at: number): Act {
  return {
    seq: seq(1n),
    n: 0,
    profileId: profileId(1),
    basisId: basisId(1),
    kind: kind ?? 'set',
    toward,
    cause,
    source: 'server',
    at,
    arrivedAt: at,
    channel: null,
    series: null,
    orderId: null,
    flags: flags ?? {},
    void: false,
  };
}
