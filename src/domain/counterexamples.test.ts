/** What random histories once broke, shrunk and named: each was a rule the code did not keep. */
import { describe, expect, it } from 'vitest';
import { type Event, EventShop, hour, type ShopKind, start } from './testing/events.ts';

const plain: ShopKind = { consentTargets: false, doubleOptIn: false, expiry: false, placed: false, twoStores: false };

function after(kind: Partial<ShopKind>, events: readonly Event[]): EventShop {
  const shop = new EventShop({ ...plain, ...kind });
  for (const event of events) shop.tell(event);
  return shop;
}

function status(shop: EventShop, id: string, basis: number): string {
  return (
    shop
      .picture()
      .bases.find((line) => line.startsWith(`${id} ${basis} `))
      ?.slice(`${id} ${basis} `.length) ?? 'unknown'
  );
}

const account = (id: string, email: string | undefined, more: Partial<Event> = {}): Event => ({
  does: 'account',
  by: 'server',
  who: email === undefined ? { id } : { id, email },
  arrives: 0,
  ...more,
});
const consent = (who: Event['who'], basis: number, said: Event['status'], more: Partial<Event> = {}): Event => ({
  does: 'consent',
  by: 'server',
  who,
  basis,
  arrives: 0,
  ...(said === undefined ? {} : { status: said }),
  ...more,
});

describe('refusals and addresses', () => {
  it('a newsletter sign-off dated by its day alone is the end of that day', () => {
    const shop = after({}, [
      { does: 'newsletter', by: 'server', who: { id: '1' }, optIn: 0, day: 1, arrives: 72 },
      { does: 'newsletter', by: 'server', who: { id: '1' }, optIn: 1, own: 30, arrives: 72 },
    ]);
    expect(status(shop, '1', 6)).toBe('refused');
  });

  it('a refusal moves with its person to a new address, and reaches who already holds it', () => {
    const shop = after({}, [
      account('1', 'a@x.fr'),
      account('2', 'b@x.fr'),
      consent({ id: '2' }, 4, 'accepted'),
      consent({ id: '1' }, 4, 'refused', { arrives: 1 }),
      account('1', 'b@x.fr', { arrives: 2 }),
    ]);
    expect(status(shop, '2', 4)).toBe('refused');
  });

  it('a late refusal reaches the holders of an address its person left after it', () => {
    const shop = after({}, [
      account('1', 'a@x.fr'),
      account('1', 'b@x.fr', { arrives: 20 }),
      account('2', 'a@x.fr', { arrives: 21 }),
      consent({ id: '2' }, 4, 'accepted', { arrives: 22 }),
      consent({ id: '1' }, 4, 'refused', { own: 10, arrives: 30 }),
    ]);
    expect(status(shop, '2', 4)).toBe('refused');
  });

  it('a refusal that names a former address reaches its later holders', () => {
    const shop = after({}, [
      account('2', 'a@x.fr', { arrives: 12 }),
      account('2', 'c@x.fr'),
      consent({ email: 'c@x.fr' }, 4, 'refused', { arrives: 12 }),
      account('1', 'c@x.fr', { arrives: 13 }),
      consent({ id: '1' }, 4, 'accepted', { arrives: 14 }),
    ]);
    expect(status(shop, '1', 4)).toBe('refused');
  });

  it('an older address that comes late is a former one', () => {
    const shop = after({}, [
      account('1', 'b@x.fr', { own: 20, arrives: 20 }),
      account('1', 'a@x.fr', { own: 10, arrives: 30 }),
    ]);
    const outcome = shop.tell(consent({ email: 'a@x.fr' }, 4, 'accepted', { arrives: 31 }));
    expect(outcome.reasons).toContain('identity.former_address');
    expect(status(shop, '1', 4)).toBe('accepted');
  });

  it('a correction never leads out of refused', () => {
    const shop = after({ consentTargets: false }, [
      { does: 'order', by: 'store', who: { id: '1' }, order: 'o', optIn: 1, arrives: 0 },
      account('1', undefined, { by: 'store', optIn: 0, arrives: 1 }),
      { does: 'order', by: 'store', who: { id: '2' }, order: 'o', arrives: 2 },
    ]);
    expect(status(shop, '1', 6)).toBe('refused');
  });
});

describe('records', () => {
  const flag = (optIn: 0 | 1, own: number, arrives: number): Event =>
    account('1', undefined, { by: 'store', optIn, own, arrives });

  it('a late 0 between repeats does not let an act 0 be overtaken by a repeat after it', () => {
    const acted = consent({ id: '1' }, 1, 'refused', { own: 25, arrives: 26 });
    const inOrder = [flag(1, 10, 10), flag(0, 15, 15), flag(1, 20, 20), acted, flag(1, 30, 30)];
    const late = [flag(1, 10, 10), flag(1, 20, 20), acted, flag(1, 30, 30), flag(0, 15, 40)];
    for (const events of [inOrder, late])
      expect(status(after({ consentTargets: true }, events), '1', 1)).toBe('refused');
  });

  it('an acceptance that an account repeats does not rest on the order that said it first', () => {
    const shop = after({}, [
      { does: 'order', by: 'server', who: { id: '1' }, order: 'o', optIn: 1, arrives: 0 },
      account('1', undefined, { optIn: 1, arrives: 1 }),
      account('1', undefined, { optIn: 1, arrives: 2 }),
      { does: 'order', by: 'server', who: { id: '2' }, order: 'o', arrives: 3 },
    ]);
    expect(status(shop, '1', 6)).toBe('accepted');
  });

  it('an acceptance that rests on an order alone goes with it, and comes back with it', () => {
    const order = (id: string, arrives: number, more: Partial<Event> = {}): Event => ({
      does: 'order',
      by: 'server',
      who: { id },
      order: 'o',
      arrives,
      ...more,
    });
    const moved = [order('1', 0, { optIn: 1 }), order('2', 1)];
    expect(status(after({}, moved), '1', 6)).toBe('unknown');
    expect(status(after({}, [...moved, order('1', 2)]), '1', 6)).toBe('accepted');
  });

  it('a live flag at the very moment of an import is still the first of its series', () => {
    const pulled = account('1', undefined, { by: 'pull', optIn: 1, own: 5, arrives: 5 });
    const live = account('1', undefined, { by: 'store', optIn: 1, arrives: 5 });
    for (const events of [
      [pulled, live],
      [live, pulled],
    ])
      expect(status(after({}, events), '1', 6)).toBe('accepted');
  });
});

describe('expiry', () => {
  const night = (arrives: number): Event => ({ does: 'night', by: 'staff', who: {}, arrives });

  it('an activity counts also when the acceptance it prolongs comes after it', () => {
    const events = [
      account('1', undefined, { arrives: 200 }),
      consent({ id: '1' }, 1, 'accepted', { own: 0, arrives: 201 }),
    ];
    expect(status(after({ expiry: true }, [...events, night(300)]), '1', 1)).toBe('accepted');
    expect(status(after({ expiry: true }, [...events, night(500)]), '1', 1)).toBe('unknown');
  });

  it('an order prolongs when it becomes new, also when an update of it came first', () => {
    const shop = after({ expiry: true }, [
      consent({ id: '1' }, 1, 'accepted'),
      { does: 'order', by: 'server', who: { id: '1' }, order: 'o', arrives: 1 },
      { does: 'order', by: 'server', who: { id: '1' }, order: 'o', creating: true, arrives: 200 },
      night(300),
    ]);
    expect(status(shop, '1', 1)).toBe('accepted');
  });

  it("a stranger's acceptance prolongs nobody", () => {
    const shop = after({ expiry: true }, [
      { does: 'account', by: 'browser', who: { email: 'a@x.fr' }, optIn: 1, act: true, arrives: 200 },
      consent({ email: 'a@x.fr' }, 6, 'accepted', { own: 0, arrives: 201 }),
    ]);
    const profile = shop.named({ email: 'a@x.fr' });
    const row = [...shop.world.bases.values()].find(
      ({ profileId, basisId }) => profileId === profile?.id && basisId === 6,
    );
    expect(row?.standing.since).toBe(start);
    expect(row?.activityAt).toBe(start);
  });
});

describe('strangers', () => {
  const claim = (who: Event['who'], more: Partial<Event> = {}): Event => ({
    does: 'account',
    by: 'browser',
    who,
    arrives: 0,
    ...more,
  });

  it('a claim never stands before the former holder of an address', () => {
    const shop = after({}, [
      account('1', 'b@x.fr'),
      account('1', 'a@x.fr', { arrives: 1 }),
      claim({ id: '2', email: 'b@x.fr' }, { arrives: 2 }),
      consent({ email: 'b@x.fr' }, 4, 'accepted', { arrives: 3 }),
    ]);
    expect(status(shop, '1', 4)).toBe('accepted');
  });

  it("a server's phone replaces a claimed one", () => {
    const shop = after({}, [
      claim({ email: 'c@x.fr', mobile: '+33622222222' }),
      { does: 'order', by: 'server', who: { email: 'c@x.fr', mobile: '+33611111111' }, order: 'o', arrives: 1 },
    ]);
    expect(shop.named({ email: 'c@x.fr' })?.mobileE164).toBe('+33611111111');
  });

  it('a phone typed into a claimed profile carries no refusal to its real holder', () => {
    const shop = after({}, [
      claim({ email: 'b@x.fr', mobile: '+33622222222' }),
      { does: 'account', by: 'server', who: { id: '1', mobile: '+33622222222' }, arrives: 1 },
      consent({ email: 'b@x.fr' }, 2, 'refused', { arrives: 2 }),
    ]);
    expect(status(shop, '1', 2)).toBe('unknown');
    expect(status(shop, 'b@x.fr', 2)).toBe('refused');
  });

  it('a claimed number is none for an SMS opt-in that a server states', () => {
    const shop = after({}, [claim({ email: 'b@x.fr', mobile: '+33622222222' })]);
    const outcome = shop.tell({ does: 'account', by: 'server', who: { email: 'b@x.fr' }, sms: 1, arrives: 1 });
    expect(outcome.reasons).toContain('optin.no_mobile');
  });

  it('who is merely named by a browser does not become the latest seen of a shared address', () => {
    const shop = after({}, [
      account('1', 'a@x.fr', { arrives: 0 }),
      account('2', 'a@x.fr', { arrives: 1 }),
      claim({ id: '1' }, { arrives: 2 }),
      consent({ email: 'a@x.fr' }, 4, 'accepted', { arrives: 3 }),
    ]);
    expect(status(shop, '2', 4)).toBe('accepted');
    expect(status(shop, '1', 4)).toBe('unknown');
  });

  it("a confirmed address is as old as the server's word, not the claim's", () => {
    const shop = after({}, [
      claim({ id: '2', email: 'b@x.fr' }, { arrives: 100 }),
      account('2', 'b@x.fr', { arrives: 0 }),
      account('2', 'a@x.fr', { arrives: 1 }),
    ]);
    expect(shop.named({ id: '2' })?.emailNorm).toBe('a@x.fr');
  });

  it('a browser objects for nobody', () => {
    const shop = after({}, [account('1', 'a@x.fr')]);
    const outcome = shop.tell({ does: 'objection', by: 'browser', who: { email: 'a@x.fr' }, arrives: 1 });
    expect(outcome).toMatchObject({ word: 'ignored', reasons: ['trust.browser_cannot_refuse'] });
    expect(shop.world.objections.size).toBe(0);
  });
});

describe('a stored flag that history told first', () => {
  it('counts from its first live statement, also when a later one came before it', () => {
    const flag = (by: Event['by'], arrives: number): Event => ({
      does: 'order',
      by,
      who: { id: '1' },
      order: 'o1',
      sms: 1,
      arrives,
    });
    const known: Event = {
      does: 'account',
      by: 'server',
      who: { id: '1', email: 'a@x.fr', mobile: '+33611111111' },
      arrives: 0,
    };
    const [told, first, later] = [flag('pull', 1), flag('store', 2), flag('store', 400)];
    for (const events of [
      [told, first, later],
      [told, later, first],
    ]) {
      const shop = after({}, [known, ...events]);
      const standings = [...shop.world.bases.values()].filter(({ basisId }) => basisId === 7);
      expect(standings.map(({ standing }) => [standing.status, standing.since])).toEqual([
        ['accepted', start + 2 * hour],
      ]);
    }
  });
});

describe('several holders of an address', () => {
  it('an id that a browser claimed weighs nothing beside one that a server stated, whichever came first', () => {
    const claimed = account('9', 'a@x.fr', { by: 'browser' });
    const unnamed: Event = { does: 'newsletter', by: 'server', who: { email: 'a@x.fr' }, optIn: 1, arrives: 50 };
    for (const events of [
      [claimed, unnamed],
      [unnamed, claimed],
    ]) {
      const shop = after({}, [
        ...events,
        account('2', 'b@x.fr'),
        account('2', 'a@x.fr', { arrives: 1 }),
        consent({ email: 'a@x.fr' }, 4, 'accepted', { arrives: 60 }),
      ]);
      expect(status(shop, '2', 4)).toBe('accepted');
    }
  });
});

describe('uplift', () => {
  it('an account that a browser claimed to be new takes nothing from the one a server creates', () => {
    const created = account('2', undefined, { creating: true, own: 12, arrives: 12 });
    const history = consent({ id: '2' }, 5, 'unknown', { by: 'import', own: 12, arrives: 12 });
    const claimed = account('2', 'b@x.fr', { by: 'browser', creating: true, own: 0 });
    for (const events of [
      [history, created],
      [history, claimed, created],
    ]) {
      expect(status(after({}, events), '2', 5)).toBe('accepted');
    }
  });
});

describe('one instant', () => {
  it('staff and a record that waits for its link: whoever arrived first, staff stands', () => {
    const staff = consent({ id: '1' }, 1, 'accepted', { by: 'staff', arrives: 5 });
    const record = account('1', undefined, { optIn: 1, arrives: 5 });
    for (const events of [
      [staff, record],
      [record, staff],
    ]) {
      const shop = after({ consentTargets: true, doubleOptIn: true }, [account('1', 'a@x.fr'), ...events]);
      expect(status(shop, '1', 1)).toBe('accepted');
    }
  });

  it('keeps one copy of an id that a store knows, when an unnamed call states it again', () => {
    const shop = after({ twoStores: true }, [
      account('1', 'a@x.fr', { by: 'store' }),
      account('1', 'a@x.fr', { arrives: 1 }),
    ]);
    expect(shop.named({ id: '1' })?.externalIds.map(({ namespace }) => namespace)).toEqual(['shop']);
  });

  it('an objection is lifted by any own act, and by it whichever came first', () => {
    const objects: Event = { does: 'objection', by: 'person', who: { id: '1' }, own: 5, arrives: 20 };
    const acts = account('1', undefined, { consents: [[1, 1]], own: 10, arrives: 10 });
    for (const events of [
      [objects, acts],
      [acts, objects],
    ]) {
      const shop = after({}, [account('1', 'a@x.fr'), ...events]);
      expect([...shop.world.objections.values()]).toMatchObject([
        { since: start + 5 * hour, liftedAt: start + 10 * hour },
      ]);
    }
  });
});
