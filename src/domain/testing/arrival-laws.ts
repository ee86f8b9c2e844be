/** For tests: twice is once, the order of arrival changes nothing (rules §9). */
import { type Event, EventShop, type ShopKind } from './events.ts';
import { type Breach, play } from './history-play.ts';

export function twiceBreach(kind: ShopKind, history: readonly Event[]): Breach {
  const once = play(kind, history);
  const twice = new EventShop(kind);
  for (const event of history) {
    const known = event.does === 'order' && event.by !== 'browser';
    const again = twice.tellTwice(event);
    if (known && again.word === 'applied' && again.effects.bases.length === 0)
      return `repeated, applied: ${JSON.stringify(event)}`;
  }
  return different(once, twice);
}

export function arrivalBreach(kind: ShopKind, history: readonly Event[], other: readonly Event[]): Breach {
  return different(play(kind, [...prelude, ...history, ...ending]), play(kind, [...prelude, ...other, ...ending]));
}

export function orderArrivalBreach(kind: ShopKind, history: readonly Event[], other: readonly Event[]): Breach {
  const states = [history, other].map((events) =>
    [...play(kind, events).world.orders.values()].map(({ payment, fulfilment }) => `${payment} ${fulfilment}`).join(),
  );
  return states[0] === states[1] ? null : states.join(' is not ');
}

/** Three people; the first two share their e-mail and phone, as couples do. */
const prelude: readonly Event[] = [
  { does: 'account', by: 'server', who: { id: '1', email: 'a@x.fr', mobile: '+33611111111' }, arrives: 0 },
  { does: 'account', by: 'server', who: { id: '2', email: 'a@x.fr', mobile: '+33611111111' }, arrives: 0 },
  { does: 'account', by: 'server', who: { id: '3', email: 'b@x.fr', mobile: '+33622222222' }, arrives: 0 },
];

/** The links' lives end, and a night passes: in production both follow what they end. */
const ending: readonly Event[] = [
  ...['1', '2', '3'].flatMap((id) =>
    [1, 2, 3].map((basis): Event => ({ does: 'link-ends', by: 'staff', who: { id }, basis, arrives: 24 * 27 })),
  ),
  { does: 'night', by: 'staff', who: {}, arrives: 24 * 28 },
];

function different(one: EventShop, other: EventShop): Breach {
  const [first, second] = [JSON.stringify(one.picture(), null, 1), JSON.stringify(other.picture(), null, 1)];
  return first === second ? null : `${first}\nis not\n${second}`;
}
