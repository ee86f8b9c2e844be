import type { AnnouncementKind } from '#domain/announcement.ts';
import type { Act } from '#domain/basis.ts';
import type { Cart } from '#domain/cart.ts';
import type { Channel } from '#domain/facts.ts';
import type { ProfileId, ShopId } from '#domain/ids.ts';
import type { Order } from '#domain/order.ts';
import type { Profile } from '#domain/profile.ts';
import type { ShopSettings } from '#domain/settings.ts';
import type { AddressKey, Need, ProfileBasis, StubKey, TokenBinding } from '#domain/world-rows.ts';

/** What a batch knows of one shop before anything is looked up. */
export interface ShopHead {
  readonly shopId: ShopId;
  readonly settings: ShopSettings;
  readonly installedAt: number | null;
  /** Where the shop's chain of history has come to; moves on as its links are written. */
  ledger: { readonly n: number; readonly hash: Buffer };
  readonly listeners: readonly Listener[];
  /** Somebody of the shop was erased. */
  readonly erasures: boolean;
  /** A refusal or an objection of an address is remembered: until the first, nobody looks for one. */
  readonly addresses: boolean;
}

/** What is loaded of one shop; a world is made from it as often as the batch is decided. */
export interface ShopRows extends ShopHead {
  readonly loaded: Map<string, Need>;
  readonly profiles: Map<ProfileId, Profile>;
  readonly orders: Map<number, Order>;
  readonly bases: ProfileBasis[];
  readonly tokens: Map<string, TokenBinding>;
  readonly former: (readonly [string, ProfileId, number])[];
  readonly refusals: (readonly [AddressKey, number, number, boolean])[];
  readonly objections: (readonly [AddressKey, Channel, number, string, number | null])[];
  readonly acts: Map<ProfileId, Act[]>;
  readonly carts: Map<string, Cart>;
  readonly stubs: (readonly [StubKey, number])[];
}

/** An endpoint of the shop, and what it wants to be told of. */
export interface Listener {
  readonly id: number;
  readonly kinds: readonly AnnouncementKind[];
}

export type HashAddress = (shop: ShopId, key: AddressKey) => Buffer;

export interface Hashes {
  readonly hash: HashAddress;
  /** Of an order's key or number. */
  readonly hide: (shop: ShopId, reference: string) => string;
}

export type NeedOf<What extends Need['what']> = Extract<Need, { what: What }>;

/** A need, and the shop it is of. */
export interface Asked<What extends Need['what']> {
  readonly rows: ShopRows;
  readonly need: NeedOf<What>;
}

/** A profile something led to. */
export interface Found {
  readonly rows: ShopRows;
  readonly id: ProfileId;
}
