/** The rows a shop's rules look at beside profiles and orders, what they may ask for, and what they changed. */
import type { AnnouncementKind } from './announcement.ts';
import type { Act, Cause, Standing, Status } from './basis.ts';
import type { Cart } from './cart.ts';
import type { Channel, Instant, StatedEvidence } from './facts.ts';
import type { BasisId, OrderId, ProfileId, Seq } from './ids.ts';
import type { Profile } from './profile.ts';
import type { MappedState, ShopSettings } from './settings.ts';

export interface ProfileBasis {
  readonly profileId: ProfileId;
  readonly basisId: BasisId;
  readonly standing: Standing;
  /** Arrival of the fact that last changed it. */
  readonly changedAt: Instant;
  /** Newest own time of what prolongs it (rules §4 expiry). */
  readonly activityAt: Instant | null;
}

export interface HistoryRow {
  readonly profileId: ProfileId;
  readonly basisId: BasisId;
  readonly seq: Seq;
  readonly n: number;
  readonly from: Status;
  readonly to: Status;
  readonly cause: Cause;
  readonly source: string;
  readonly at: Instant;
  readonly arrivedAt: Instant;
  readonly settingsVersion: number;
  readonly channels: readonly Channel[];
  readonly subjectKey: string;
  /** Of the text people read that day. */
  readonly textVersion: number;
  /** What proves it, where this item itself is the act; null where it follows from others (same address, expiry, correction). */
  readonly evidence: ActEvidence | null;
}

/** What was said about an act beside its time and cause; kept apart, under the subject key, and gone at erasure (rules §4). */
export interface ActEvidence extends StatedEvidence {
  readonly reason?: string;
}

export interface OrderHistoryRow extends MappedState {
  readonly orderId: OrderId;
  readonly seq: Seq;
  readonly n: number;
  readonly at: Instant;
  readonly arrivedAt: Instant;
  readonly source: string;
  readonly legacyState: number;
}

export interface TokenBinding {
  readonly profileId: ProfileId;
  readonly verified: boolean;
  readonly boundAt: Instant;
}

/** What somebody erased was known by: `email:<normal form>` or `external:<namespace> <id>`; kept at rest only as a keyed hash. */
export type StubKey = `email:${string}` | `external:${string}`;

/** `email:<normal form>` or `phone:<E.164>`, and of somebody erased their ids; kept at rest only as a keyed hash. */
export type AddressKey = StubKey | `phone:${string}`;

/** A refusal that named an address; whoever comes to hold it inherits it (rules §2.5). */
export interface AddressRefusal {
  readonly at: Instant;
  readonly personal: boolean;
}

export interface Objection {
  readonly since: Instant;
  readonly cause: Cause;
  readonly liftedAt: Instant | null;
}

export interface FormerHolder {
  readonly profileId: ProfileId;
  readonly until: Instant;
}

/** Something a rule asked for that was not loaded. */
export type Need =
  | { readonly what: 'email'; readonly email: string }
  | { readonly what: 'phone'; readonly phone: string }
  | { readonly what: 'external'; readonly value: string }
  | { readonly what: 'profile'; readonly id: ProfileId }
  | { readonly what: 'token'; readonly token: string }
  | { readonly what: 'order'; readonly reference: string }
  | { readonly what: 'address'; readonly key: AddressKey }
  | { readonly what: 'stub'; readonly key: StubKey }
  | { readonly what: 'acts'; readonly id: ProfileId }
  | { readonly what: 'cart'; readonly ref: string }
  | { readonly what: 'carts'; readonly token: string };

/** Supplied from outside: numbers, randomness and signatures are not the rules' business. */
export interface WorldSupply {
  profileId(): ProfileId;
  orderId(): OrderId;
  subjectKey(): string;
  /** The visitor a token of this shop names; null: none of ours, forged, past its life at `at`, or issued before `from`. */
  readToken(value: string, at: Instant, from: Instant): string | null;
  /** The keyed hash that stands for an order's key or number once its owner is erased. */
  hideReference(reference: string): string;
}

/** `complete`: everything there is was put in, so an absent row does not exist (tests, small shops). */
export interface WorldStart {
  readonly settings: ShopSettings;
  readonly installedAt: Instant | null;
  readonly complete: boolean;
  /** Somebody of this shop was erased: who is stated may be them. Default: whether `complete`. */
  readonly erasures?: boolean;
  /** What the shop's own systems want to be told of; default: nothing. */
  readonly listening?: ReadonlySet<AnnouncementKind>;
  readonly supply: WorldSupply;
}

/** Rows that changed since the world was made, to be written in one transaction. */
export interface WorldChanges {
  readonly profiles: ReadonlySet<ProfileId>;
  readonly newProfiles: ReadonlySet<ProfileId>;
  /** Profiles that were merged into another or parted from one, with whether they stood for themselves before. */
  readonly merges: ReadonlyMap<ProfileId, boolean>;
  readonly orders: ReadonlySet<OrderId>;
  readonly newOrders: ReadonlySet<OrderId>;
  /** Keys `<profile>:<basis>`. */
  readonly bases: ReadonlySet<string>;
  readonly tokens: ReadonlySet<string>;
  readonly former: ReadonlySet<string>;
  /** Keys `<address> <basis>`. */
  readonly refusals: ReadonlySet<string>;
  /** Refusals that are no more, by the same keys. */
  readonly dropped: ReadonlySet<string>;
  /** Keys `<address> <channel>`. */
  readonly objections: ReadonlySet<string>;
  readonly stubs: ReadonlySet<StubKey>;
  /** Profiles that are no more, as they were. */
  readonly erased: ReadonlyMap<ProfileId, Profile>;
  /** Changed carts by their `ref`. */
  readonly carts: ReadonlyMap<string, Cart>;
  readonly acts: readonly Act[];
  /** Acts stored before whose `void` mark changed. */
  readonly voided: readonly Act[];
  readonly history: readonly HistoryRow[];
  readonly orderHistory: readonly OrderHistoryRow[];
  /** Settings that came into force, with the item that brought them. */
  readonly settings: readonly {
    readonly settings: ShopSettings;
    readonly seq: Seq;
    readonly at: Instant;
    readonly by: string;
  }[];
}

export function basisKey(profile: ProfileId, basis: BasisId): string {
  return `${profile}:${basis}`;
}

export function needKey(need: Need): string {
  switch (need.what) {
    case 'email':
      return `email ${need.email}`;
    case 'phone':
      return `phone ${need.phone}`;
    case 'external':
      return `external ${need.value}`;
    case 'profile':
      return `profile ${need.id}`;
    case 'token':
      return `token ${need.token}`;
    case 'order':
      return `order ${need.reference}`;
    case 'address':
      return `address ${need.key}`;
    case 'stub':
      return `stub ${need.key}`;
    case 'acts':
      return `acts ${need.id}`;
    case 'cart':
      return `cart ${need.ref}`;
    case 'carts':
      return `carts ${need.token}`;
  }
}
