/** What became of one item: the word, the reasons, and the effects the verification screen tells. */
import type { Announcement } from './announcement.ts';
import type { Cause, Status } from './basis.ts';
import type { CartStatus } from './cart.ts';
import type { BasisId, OrderId, ProfileId } from './ids.ts';
import type { OutcomeWord, Reason } from './reasons.ts';
import type { MappedState } from './settings.ts';

export interface OrderEffect {
  readonly id: OrderId;
  readonly key: string;
  readonly created: boolean;
  readonly state: MappedState & { readonly legacy: number };
  readonly before: (MappedState & { readonly legacy: number }) | null;
  readonly validated: boolean;
  readonly totalMinor: number;
  readonly currency: string;
}

export interface BasisEffect {
  readonly profile: ProfileId;
  readonly basis: BasisId;
  readonly from: Status;
  readonly to: Status;
  readonly cause: Cause;
  /** Why it did not move. */
  readonly why?: Reason;
}

export interface CartEffect {
  readonly ref: string;
  readonly key: string | null;
  readonly status: CartStatus;
  /** null: it was not known. */
  readonly before: CartStatus | null;
  readonly totalMinor: number | null;
  readonly currency: string | null;
  readonly count: number | null;
}

export interface Effects {
  readonly profile: { readonly id: ProfileId; readonly created: boolean } | null;
  readonly order: OrderEffect | null;
  readonly bases: readonly BasisEffect[];
  /** Absent: no cart was touched. */
  readonly cart?: CartEffect;
  /** Absent: nobody was erased. */
  readonly erased?: readonly ProfileId[];
}

export interface Outcome {
  readonly word: OutcomeWord;
  readonly reasons: readonly Reason[];
  readonly effects: Effects;
  readonly settingsVersion: number;
  /** A host to hold the item under until the merchant allows it (rules §6.2). */
  readonly heldFor: string | null;
  /** A host whose page spoke while the shop's list is empty. */
  readonly seenHost: string | null;
  /** Hosts that settings newly allow: what was held for them comes again. */
  readonly released: readonly string[];
  /** What somebody who listens is told. */
  readonly announcements: readonly Announcement[];
}
