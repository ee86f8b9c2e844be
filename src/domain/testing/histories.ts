/** For tests: random histories of a shop (fast-check). */
import fc from 'fast-check';
import type { StatedStatus } from '../facts.ts';
import type { Event, ShopKind, Speaker, Who } from './events.ts';

const emails = ['a@x.fr', 'b@x.fr', 'c@x.fr'];
const ids = ['1', '2', '3'];
const mobiles = ['+33611111111', '+33622222222'];

export const shopKinds: fc.Arbitrary<ShopKind> = fc.record({
  consentTargets: fc.boolean(),
  doubleOptIn: fc.boolean(),
  expiry: fc.boolean(),
  placed: fc.boolean(),
  twoStores: fc.boolean(),
});

const people: fc.Arbitrary<Who> = fc.record(
  {
    email: fc.constantFrom(...emails),
    id: fc.constantFrom(...ids),
    mobile: fc.constantFrom(...mobiles),
  },
  { requiredKeys: [] },
);

/** Each of a fixed person's facts names the same id: it finds the same profile whenever it comes. */
export const fixedPeople: fc.Arbitrary<Who> = fc.constantFrom({ id: '1' }, { id: '2' }, { id: '3' });

const bases = fc.constantFrom(1, 1, 2, 4, 4, 5, 6, 7);
const bit = fc.constantFrom<0 | 1>(0, 1);
const hours = fc.integer({ min: 0, max: 40 }).map((n) => n * 12);

/** Absent twice out of three: own times, dates alone, and arrival stand side by side. */
const times: fc.Arbitrary<Pick<Event, 'own' | 'day'>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 3, arbitrary: hours.map((own) => ({ own })) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 20 }).map((day) => ({ day })) },
);

const choices = fc.record(
  {
    optIn: bit,
    sms: bit,
    act: fc.boolean(),
    consents: fc.array(fc.tuple(bases, bit), { maxLength: 2 }),
  },
  { requiredKeys: [] },
);

const tokens = fc.constantFrom('token:1', 'token:2', 'forged');
const statuses = fc.constantFrom<StatedStatus>('accepted', 'accepted', 'refused', 'refused', 'unknown');
const shopSpeakers: readonly Speaker[] = ['server', 'store', 'store', 'pull', 'import'];
const orderDetail = fc.record(
  {
    state: fc.constantFrom('0', '10', '20', '50', 'odd'),
    total: fc.constantFrom(0, 10, 89.9),
    refund: fc.constantFrom(10, 89.9),
  },
  { requiredKeys: [] },
);

interface Cast {
  readonly who: fc.Arbitrary<Who>;
  readonly contact: fc.Arbitrary<Who>;
  readonly orders: readonly string[];
  readonly tokens: boolean;
}

function shopEvents(
  { who, contact, orders, tokens: withTokens }: Cast,
  speakers: readonly Speaker[],
): fc.Arbitrary<Event> {
  const by = fc.constantFrom(...speakers);
  const base = (more: fc.Arbitrary<Partial<Event>>, as = by, whom = who): fc.Arbitrary<Event> =>
    fc
      .tuple(as, whom, hours, times, more)
      .map(
        ([speaker, person, arrives, time, rest]) => ({ ...rest, ...time, by: speaker, who: person, arrives }) as Event,
      );
  const order = fc
    .tuple(orderDetail, choices, fc.constantFrom(...orders), fc.boolean(), fc.constantFrom({}, {}, { cart: 'c1' }))
    .map(([detail, chosen, key, creating, cart]) => ({
      does: 'order' as const,
      ...detail,
      ...chosen,
      ...cart,
      order: key,
      creating,
    }));
  const account = fc
    .tuple(choices, fc.boolean())
    .map(([chosen, creating]) => ({ does: 'account' as const, ...chosen, creating }));
  const newsletter = bit.map((optIn) => ({ does: 'newsletter' as const, optIn }));
  const stated = fc
    .record({ basis: bases, status: statuses, reason: fc.constantFrom(undefined, 'asked in writing') })
    .map((said) => ({ does: 'consent' as const, ...said }));
  const speakersOfConsents = fc.constantFrom<Speaker>('server', 'store', 'api', 'staff', 'person', 'import');
  return fc.oneof(
    { weight: 4, arbitrary: base(order, by, contact) },
    { weight: 4, arbitrary: base(account, by, contact) },
    { weight: 1, arbitrary: base(newsletter) },
    { weight: 6, arbitrary: base(stated, speakersOfConsents) },
    ...(withTokens
      ? [
          {
            weight: 1,
            arbitrary: base(
              tokens.map((token) => ({ does: 'token' as const, token })),
              fc.constant<Speaker>('server'),
            ),
          },
        ]
      : []),
  );
}

const browserEvents: fc.Arbitrary<Event> = shopEvents(
  { who: people, contact: people, orders: ['o1', 'o2'], tokens: false },
  ['browser'],
).chain((event) =>
  fc
    .tuple(fc.option(tokens, { nil: undefined }), fc.constantFrom('same', 'same', 'token', 'visit'))
    .map(([token, does]) => ({
      ...event,
      ...(token === undefined ? {} : { token }),
      ...(event.does === 'consent' || does === 'visit' ? { does: 'visit' as const } : {}),
      ...(does === 'token' ? { does: 'token' as const } : {}),
      by: 'browser' as const,
    })),
);

const objections: fc.Arbitrary<Event> = fc
  .tuple(
    people,
    hours,
    times,
    fc.constantFrom<Speaker>('person', 'staff', 'server'),
    fc.constantFrom(undefined, 1 as const),
  )
  .map(([who, arrives, time, by, sms]) => ({ does: 'objection', by, who, arrives, ...time, ...(sms ? { sms } : {}) }));

const resets: fc.Arbitrary<Event> = fc.tuple(people, hours, fc.constantFrom(4, 5, 6)).map(([who, arrives, basis]) => ({
  does: 'consent',
  by: 'import',
  who,
  arrives,
  basis,
  status: 'unknown',
  reset: true,
  reason: 'reset',
}));

const links: fc.Arbitrary<Event> = fc
  .tuple(people, hours, fc.constantFrom(1, 2), fc.boolean())
  .map(([who, arrives, basis, ends]) =>
    ends
      ? { does: 'link-ends', by: 'staff', who, arrives, basis }
      : { does: 'consent', by: 'person', link: true, status: 'accepted', who, arrives, basis },
  );

const amendments: fc.Arbitrary<Event> = fc
  .tuple(people, people, hours, times)
  .map(([who, { email, mobile }, arrives, time]) => ({
    does: 'amend',
    by: 'staff',
    who,
    to: { ...(email === undefined ? {} : { email }), ...(mobile === undefined ? {} : { mobile }) },
    arrives,
    ...time,
  }));

const nights: fc.Arbitrary<Event> = hours.map((arrives) => ({ does: 'night', by: 'staff', who: {}, arrives }));

const erasures: fc.Arbitrary<Event> = fc
  .tuple(people, hours)
  .map(([who, arrives]) => ({ does: 'erase', by: 'staff', who, arrives }));

const carts: fc.Arbitrary<Event> = fc
  .tuple(
    fc.constantFrom<Speaker>('server', 'store', 'browser', 'pull'),
    people,
    hours,
    times,
    fc.record(
      {
        cart: fc.constantFrom('c1', 'c2'),
        emptied: fc.constantFrom(false, false, true),
        token: tokens,
        total: fc.constantFrom(0, 12.5),
      },
      { requiredKeys: [] },
    ),
  )
  .map(([by, who, arrives, time, said]) => ({ ...said, ...time, does: 'cart', by, who, arrives }));

const abandons: fc.Arbitrary<Event> = hours.map((arrives) => ({ does: 'abandons', by: 'system', who: {}, arrives }));

const merges = (does: 'merge' | 'part'): fc.Arbitrary<Event> =>
  fc.tuple(people, people, hours).map(([who, to, arrives]) => ({ does, by: 'staff', who, to, arrives }));

const anything: readonly fc.WeightedArbitrary<Event>[] = [
  {
    weight: 8,
    arbitrary: shopEvents({ who: people, contact: people, orders: ['o1', 'o2', 'o3'], tokens: true }, shopSpeakers),
  },
  { weight: 2, arbitrary: browserEvents },
  { weight: 1, arbitrary: objections },
  { weight: 1, arbitrary: resets },
  { weight: 1, arbitrary: links },
  { weight: 1, arbitrary: amendments },
  { weight: 1, arbitrary: nights },
  { weight: 2, arbitrary: carts },
  { weight: 1, arbitrary: abandons },
  { weight: 1, arbitrary: erasures },
];

/** Anything that can happen, by anybody, in any order of arrival. */
export const histories: fc.Arbitrary<readonly Event[]> = fc.array(fc.oneof(...anything), {
  minLength: 2,
  maxLength: 14,
});

/** The same, while staff say that two profiles are one person. */
export const mergedHistories: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(...anything, { weight: 4, arbitrary: merges('merge') }),
  { minLength: 2, maxLength: 14 },
);

/** The same, and take it back. */
export const partedHistories: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(...anything, { weight: 4, arbitrary: merges('merge') }, { weight: 3, arbitrary: merges('part') }),
  { minLength: 2, maxLength: 14 },
);

/**
 * What a stranger with the public key can send: any e-mail, id and forged token. Phones are another's than the shop's
 * people's: a claimed profile that holds a refused phone is refused as its holder (rules §2.5), and nobody else is.
 */
export const strangers: fc.Arbitrary<readonly Event[]> = fc.array(
  browserEvents.map(
    ({ token, who: { mobile, ...who }, ...event }): Event => ({
      ...event,
      who: mobile === undefined ? who : { ...who, mobile: '+33699999999' },
      token: 'forged',
    }),
  ),
  { minLength: 1, maxLength: 6 },
);

/** What the shop and its people say, without browsers. Each order with its state: a silent server leaves the browser's word. */
export const shopHistories: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof(
      {
        weight: 8,
        arbitrary: shopEvents({ who: people, contact: people, orders: ['o1', 'o2'], tokens: true }, shopSpeakers),
      },
      { weight: 1, arbitrary: objections },
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((history) => history.map((event) => stating(event)));

function stating(event: Event): Event {
  if (event.does !== 'order') return event;
  return { ...event, state: event.state === undefined || event.state === 'odd' ? '10' : event.state };
}

/**
 * Facts that each find their profile by id, and an order's owner by the order, whenever they arrive. No cancellation:
 * whether a new order was good before it was cancelled is a matter of arrival (rules §5).
 */
export const placedHistories: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof({
      weight: 8,
      arbitrary: shopEvents({ who: fixedPeople, contact: fixedPeople, orders: ['o1', 'o2'], tokens: false }, [
        'server',
        'store',
        'pull',
        'import',
      ]).map(ownerByOrder),
    }),
    { minLength: 2, maxLength: 8 },
  )
  .map(createdOnce);

/** Of two creating calls about one object the first to arrive makes it new: that is the sender's repeat, not an act's place. */
function createdOnce(history: readonly Event[]): readonly Event[] {
  const created = new Set<string>();
  return history.map((event) => {
    const object = event.does === 'order' ? event.order : event.who.id;
    const creating = event.creating === true && object !== undefined && !created.has(`${event.does} ${object}`);
    if (creating) created.add(`${event.does} ${object}`);
    return event.creating === undefined ? event : { ...event, creating };
  });
}

/**
 * Two people share their addresses, the third shares nothing: records are the third's. A record edge that reached a
 * sharer and that a later arrival unmade stays with the sharer, because nothing leads out of refused.
 */
function ownerByOrder(event: Event): Event {
  if (event.does !== 'order') return event.who.id === '3' ? event : { ...event, act: true };
  const { state, ...kept } = { ...event, who: { id: event.order === 'o1' ? '3' : '2' } };
  const chosen = kept.who.id === '3' ? kept : { ...kept, act: true };
  return state === undefined || state === '0' ? chosen : { ...chosen, state };
}

/** One order, in every state by anybody. */
export const orderHistories: fc.Arbitrary<readonly Event[]> = fc.array(
  fc
    .tuple(orderDetail, hours, times, fc.boolean(), fc.constantFrom<Speaker>('browser', 'server', 'store', 'import'))
    .map(([detail, arrives, time, creating, by]) => ({
      does: 'order' as const,
      by,
      who: { id: '1' },
      arrives,
      creating,
      order: 'o1',
      ...detail,
      ...time,
    })),
  { minLength: 2, maxLength: 6 },
);
