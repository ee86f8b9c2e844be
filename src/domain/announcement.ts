/** What a shop's own systems may be told of as it happens. One item of the stream makes them; a change of settings makes none. */
import { basisDefinition } from './acts.ts';
import type { Status } from './basis.ts';
import type { Cart } from './cart.ts';
import type { Instant } from './facts.ts';
import type { ProfileId } from './ids.ts';
import type { Order } from './order.ts';
import type { Profile } from './profile.ts';
import type { BasisDefinition } from './settings.ts';
import { isHistory } from './source.ts';
import type { Turn } from './turn.ts';

import type { HistoryRow } from './world-rows.ts';

export const announcementKinds = [
  'consent.accepted',
  'consent.refused',
  'consent.to_confirm',
  'consent.updated',
  'order.validated',
  'order.cancelled',
  'order.refunded',
  'profile.created',
  'cart.abandoned',
] as const;

export type AnnouncementKind = (typeof announcementKinds)[number];
type KindOf<Noun extends string> = Extract<AnnouncementKind, `${Noun}.${string}`>;

/** Everything as it stood when the item was decided. `at`: arrival. */
export type Announcement = { readonly at: Instant } & (
  | {
      readonly kind: KindOf<'consent'>;
      readonly profile: Profile;
      readonly basis: BasisDefinition;
      readonly move: HistoryRow;
    }
  | { readonly kind: KindOf<'order'>; readonly profile: Profile | null; readonly order: Order }
  | { readonly kind: KindOf<'profile'>; readonly profile: Profile }
  | { readonly kind: KindOf<'cart'>; readonly profile: Profile | null; readonly cart: Cart }
);

/** How far the world had come before the item. */
export interface TurnStart {
  readonly history: number;
  readonly newProfiles: number;
}

export function startOf({ world }: Turn): TurnStart {
  return { history: world.changes.history.length, newProfiles: world.changes.newProfiles.size };
}

/**
 * What the item did that somebody listens to, in this order: new people, their bases, orders, carts. Pulls and imports tell of
 * what was: they announce moves of bases, which concern the present, and neither people nor orders.
 */
export function announce(turn: Turn, start: TurnStart): Announcement[] {
  const { world, statement } = turn;
  if (world.listening.size === 0) return [];
  const at = statement.arrivedAt;
  const made: Announcement[] = [];
  const live = !isHistory(statement.source);
  if (live) {
    for (const id of [...world.changes.newProfiles].slice(start.newProfiles)) {
      const profile = world.profile(id);
      if (profile !== null) made.push({ kind: 'profile.created', at, profile });
    }
  }
  for (const move of world.changes.history.slice(start.history)) {
    const profile = world.profile(move.profileId);
    const basis = basisDefinition(world.settings, move.basisId);
    if (profile !== null && basis !== null) made.push({ kind: consentKind(move.to), at, profile, basis, move });
  }
  if (live) {
    for (const [before, order] of turn.orders) {
      const profile = ownerOf(turn, order.ownerId);
      for (const kind of orderKinds(before, order)) made.push({ kind, at, profile, order });
    }
  }
  for (const [before, cart] of turn.carts) {
    if (cart.status !== 'abandoned' || before?.status === 'abandoned') continue;
    made.push({ kind: 'cart.abandoned', at, profile: ownerOf(turn, cart.ownerId), cart });
  }
  return made.filter(({ kind }) => world.listening.has(kind));
}

function ownerOf({ world }: Turn, id: ProfileId | null): Profile | null {
  return id === null ? null : world.profile(id);
}

/** *Unknown* again (expiry, correction, reset) is a move that neither gives nor takes. */
function consentKind(to: Status): KindOf<'consent'> {
  switch (to) {
    case 'accepted':
    case 'refused':
      return `consent.${to}`;
    case 'to confirm':
      return 'consent.to_confirm';
    case 'unknown':
      return 'consent.updated';
  }
}

function orderKinds(before: Order | null, after: Order): KindOf<'order'>[] {
  const kinds: KindOf<'order'>[] = [];
  if (after.validated && before?.validated !== true) kinds.push('order.validated');
  if (after.cancelled && before?.cancelled !== true) kinds.push('order.cancelled');
  if (after.refundedMinor > (before?.refundedMinor ?? 0)) kinds.push('order.refunded');
  return kinds;
}
