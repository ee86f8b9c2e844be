/** For tests: the laws of rules §9 as properties; `laws.test.ts` runs some thousand histories, `laws.long.test.ts` 100,000. */
import fc from 'fast-check';
import { legalLeft, unstatedAcceptance } from './acceptance-laws.ts';
import { arrivalBreach, orderArrivalBreach, twiceBreach } from './arrival-laws.ts';
import type { Event } from './events.ts';
import {
  histories,
  mergedHistories,
  orderHistories,
  partedHistories,
  placedHistories,
  shopHistories,
  shopKinds,
  strangers,
} from './histories.ts';
import type { Breach } from './history-play.ts';
import { objectionBreach, refusalBreach } from './refusal-laws.ts';
import { strangerBreach } from './stranger-laws.ts';

export interface Law {
  readonly name: string;
  /** Share of the runs. */
  readonly share: number;
  readonly property: fc.IProperty<unknown>;
}

export const laws: readonly Law[] = [
  {
    name: 'no holder of a refused address is accepted against the table',
    share: 3,
    property: fc.property(shopKinds, histories, (kind, history) => hold(refusalBreach(kind, history))),
  },
  {
    name: 'no acceptance without an act, a record or an uplift that states it',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(unstatedAcceptance(kind, history))),
  },
  {
    name: 'an objection survives everything but the own later act',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(objectionBreach(kind, history))),
  },
  {
    name: 'a refused legal basis is left only by a reset, and only to unknown',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(legalLeft(kind, history))),
  },
  {
    name: 'the same fact applied twice equals once',
    share: 1,
    property: fc.property(shopKinds, histories, (kind, history) => hold(twiceBreach(kind, history))),
  },
  {
    name: 'a refusal holds for every holder of its address where profiles are merged',
    share: 1,
    property: fc.property(shopKinds, mergedHistories, (kind, history) => hold(refusalBreach(kind, history))),
  },
  {
    name: 'merged or parted, nobody is accepted without what states it, and no objection is lost',
    share: 1,
    property: fc.property(shopKinds, partedHistories, (kind, history) =>
      hold(unstatedAcceptance(kind, history) ?? objectionBreach(kind, history)),
    ),
  },
  {
    name: 'a merge leads no legal basis out of refused',
    share: 1,
    property: fc.property(shopKinds, mergedHistories, (kind, history) => hold(legalLeft(kind, history))),
  },
  {
    name: 'what a server stated about an order survives any browser',
    share: 1,
    property: fc.property(
      shopKinds,
      shopHistories,
      strangers,
      fc.infiniteStream(fc.nat(8)),
      (kind, shop, browser, places) => hold(strangerBreach(kind, shop, browser, places)),
    ),
  },
  {
    name: 'no order of arrival changes the payment or fulfilment of an order',
    share: 1,
    property: fc.property(
      shopKinds,
      orderHistories.chain((history) => fc.tuple(fc.constant(history), shuffled(history))),
      (kind, [history, other]) => hold(orderArrivalBreach(kind, history, other)),
    ),
  },
  {
    name: 'no order of arrival changes the status of a basis',
    share: 2,
    property: fc.property(
      shopKinds,
      placedHistories.chain((history) => fc.tuple(fc.constant(history), shuffled(history))),
      (kind, [history, other]) => hold(arrivalBreach(kind, history, other)),
    ),
  },
];

function shuffled(history: readonly Event[]): fc.Arbitrary<readonly Event[]> {
  return fc.shuffledSubarray([...history], { minLength: history.length });
}

function hold(breach: Breach): void {
  if (breach !== null) throw new Error(breach);
}
