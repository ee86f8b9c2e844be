/**
 * What one shop's rules may look at, and what they changed: the rows an applier loaded, replaced value by value.
 * Nothing here reads a database. A question about something that was not loaded is remembered in `needs`; whoever owns
 * the world loads it and decides the batch again from the start.
 */
import type { AnnouncementKind } from './announcement.ts';
import { anonymousOrder } from './anonymous-order.ts';
import type { Act } from './basis.ts';
import type { Cart } from './cart.ts';
import type { Channel, Instant } from './facts.ts';
import type { BasisId, OrderId, ProfileId, Seq } from './ids.ts';
import type { Order } from './order.ts';
import type { Profile } from './profile.ts';
import type { ShopSettings } from './settings.ts';
import { defaultNamespace } from './source.ts';
import { noChanges, noteMerge } from './world-changes.ts';
import { addTo, replace, WorldIndex } from './world-index.ts';
import {
  type AddressKey,
  type AddressRefusal,
  basisKey,
  type FormerHolder,
  type HistoryRow,
  type Need,
  needKey,
  type Objection,
  type OrderHistoryRow,
  type ProfileBasis,
  type StubKey,
  type TokenBinding,
  type WorldChanges,
  type WorldStart,
  type WorldSupply,
} from './world-rows.ts';

export class ShopWorld {
  settings: ShopSettings;
  installedAt: Instant | null;
  /** Somebody of this shop was erased. */
  erasures: boolean;
  readonly supply: WorldSupply;
  readonly listening: ReadonlySet<AnnouncementKind>;
  readonly needs = new Map<string, Need>();

  readonly profiles = new Map<ProfileId, Profile>();
  readonly orders = new Map<OrderId, Order>();
  readonly bases = new Map<string, ProfileBasis>();
  readonly tokens = new Map<string, TokenBinding>();
  readonly former = new Map<string, FormerHolder[]>();
  readonly refusals = new Map<string, AddressRefusal>();
  readonly objections = new Map<string, Objection>();
  readonly carts = new Map<string, Cart>();
  readonly stubs = new Map<StubKey, Instant>();

  readonly #complete: boolean;
  readonly #loaded = new Set<string>();
  readonly #index = new WorldIndex();
  readonly #formerOf = new Map<ProfileId, Set<string>>();
  readonly #basesOf = new Map<ProfileId, Set<BasisId>>();
  readonly #refusalsOf = new Map<AddressKey, Set<BasisId>>();
  readonly #cartsOfOwner = new Map<ProfileId, Set<string>>();
  readonly #cartsOfToken = new Map<string, Set<string>>();
  readonly #acts = new Map<ProfileId, Act[]>();

  readonly #changed = noChanges();

  constructor(start: WorldStart) {
    this.settings = start.settings;
    this.installedAt = start.installedAt;
    this.supply = start.supply;
    this.listening = start.listening ?? new Set();
    this.#complete = start.complete;
    this.erasures = start.erasures ?? start.complete;
  }

  get changes(): WorldChanges {
    return this.#changed;
  }

  // ---------------------------------------------------------------- loading

  /** Says that everything there is under these keys (`needKey`) has been put in. */
  markLoaded(keys: Iterable<string>): void {
    for (const key of keys) this.#loaded.add(key);
  }

  loadProfile(profile: Profile): void {
    this.#index.add(profile);
    this.profiles.set(profile.id, profile);
    this.#loaded.add(needKey({ what: 'profile', id: profile.id }));
  }

  loadOrder(order: Order): void {
    this.#index.addOrder(order);
    this.orders.set(order.id, order);
  }

  loadBasis(basis: ProfileBasis): void {
    this.bases.set(basisKey(basis.profileId, basis.basisId), basis);
    addTo(this.#basesOf, basis.profileId, basis.basisId);
  }

  loadToken(token: string, binding: TokenBinding): void {
    this.tokens.set(token, binding);
  }

  /** Every former address of a loaded profile, and every former holder of a loaded e-mail. */
  loadFormer(email: string, holder: FormerHolder): void {
    const others = (this.former.get(email) ?? []).filter((former) => former.profileId !== holder.profileId);
    this.former.set(email, [...others, holder]);
    addTo(this.#formerOf, holder.profileId, email);
  }

  loadRefusal(key: AddressKey, basis: BasisId, refusal: AddressRefusal): void {
    this.refusals.set(`${key} ${basis}`, refusal);
    addTo(this.#refusalsOf, key, basis);
  }

  loadObjection(key: AddressKey, channel: Channel, objection: Objection): void {
    this.objections.set(`${key} ${channel}`, objection);
  }

  loadCart(cart: Cart): void {
    this.carts.set(cart.ref, cart);
    if (cart.ownerId !== null) addTo(this.#cartsOfOwner, cart.ownerId, cart.ref);
    if (cart.token !== null) addTo(this.#cartsOfToken, cart.token, cart.ref);
  }

  loadStub(key: StubKey, erasedAt: Instant): void {
    this.stubs.set(key, erasedAt);
  }

  /** All acts of a profile, in any order. */
  loadActs(id: ProfileId, acts: readonly Act[]): void {
    this.#acts.set(id, [...acts]);
    this.#loaded.add(needKey({ what: 'acts', id }));
  }

  // ---------------------------------------------------------------- asking

  profile(id: ProfileId): Profile | null {
    const found = this.profiles.get(id);
    if (found === undefined) this.#need({ what: 'profile', id });
    return found ?? null;
  }

  /** Present holders of an address. */
  holdersOfEmail(email: string): readonly Profile[] {
    this.#need({ what: 'email', email });
    return this.#profilesOf(this.#index.byEmail.get(email));
  }

  holdersOfPhone(phone: string): readonly Profile[] {
    this.#need({ what: 'phone', phone });
    return this.#profilesOf(this.#index.byPhone.get(phone));
  }

  /** Profiles that have this external id, in any namespace. */
  holdersOfExternal(value: string): readonly Profile[] {
    this.#need({ what: 'external', value });
    return this.#profilesOf(this.#index.byExternal.get(value));
  }

  formerHolders(email: string): readonly FormerHolder[] {
    this.#need({ what: 'email', email });
    return this.former.get(email) ?? [];
  }

  /** The addresses a loaded profile has left. */
  formerOf(id: ProfileId): readonly { readonly email: string; readonly until: Instant }[] {
    return [...(this.#formerOf.get(id) ?? [])].flatMap((email) => {
      const holder = this.former.get(email)?.find(({ profileId }) => profileId === id);
      return holder === undefined ? [] : [{ email, until: holder.until }];
    });
  }

  token(token: string): TokenBinding | null {
    this.#need({ what: 'token', token });
    return this.tokens.get(token) ?? null;
  }

  /** Orders whose key or number is the reference, in any namespace. */
  ordersOf(reference: string): readonly Order[] {
    this.#need({ what: 'order', reference });
    const found: Order[] = [];
    for (const id of this.#index.byReference.get(reference) ?? []) {
      const order = this.orders.get(id);
      if (order !== undefined) found.push(order);
    }
    return found;
  }

  /** Bases of a loaded profile that ever had an act. */
  basesOf(id: ProfileId): readonly ProfileBasis[] {
    return [...(this.#basesOf.get(id) ?? [])].flatMap((basis) => this.bases.get(basisKey(id, basis)) ?? []);
  }

  basis(id: ProfileId, basis: BasisId): ProfileBasis | null {
    return this.bases.get(basisKey(id, basis)) ?? null;
  }

  refusalsOf(key: AddressKey): readonly (readonly [BasisId, AddressRefusal])[] {
    this.#need({ what: 'address', key });
    const found: (readonly [BasisId, AddressRefusal])[] = [];
    for (const basis of this.#refusalsOf.get(key) ?? []) {
      const refusal = this.refusals.get(`${key} ${basis}`);
      if (refusal !== undefined) found.push([basis, refusal]);
    }
    return found;
  }

  objection(key: AddressKey, channel: Channel): Objection | null {
    this.#need({ what: 'address', key });
    return this.objections.get(`${key} ${channel}`) ?? null;
  }

  /** Since when what somebody was known by is erased; null: it never was. */
  erasedAt(key: StubKey): Instant | null {
    if (this.erasures) this.#need({ what: 'stub', key });
    return this.stubs.get(key) ?? null;
  }

  /** True when the reference is an order's whose owner was erased, of this namespace or of none. */
  isErasedOrder(reference: string, namespace: string): boolean {
    if (!this.erasures) return false;
    this.#need({ what: 'order', reference });
    const hidden = this.#index.byReference.get(this.supply.hideReference(reference));
    return [...(hidden ?? [])].some((id) => {
      const of = this.orders.get(id)?.namespace;
      return of === namespace || of === defaultNamespace || namespace === defaultNamespace;
    });
  }

  /** `of`: whose cart it is where it is known by the person alone; of one made in this batch there is none to load. */
  cart(ref: string, of: ProfileId | null = null): Cart | null {
    if (of === null || !this.#changed.newProfiles.has(of)) this.#need({ what: 'cart', ref });
    return this.carts.get(ref) ?? null;
  }

  /** Carts open or abandoned, of a loaded profile or of a browser's token. */
  liveCarts(owner: ProfileId | null, token: string | null): readonly Cart[] {
    if (token !== null) this.#need({ what: 'carts', token });
    const found: Cart[] = [];
    const refs = [
      ...((owner === null ? null : this.#cartsOfOwner.get(owner)) ?? []),
      ...((token === null ? null : this.#cartsOfToken.get(token)) ?? []),
    ];
    for (const ref of new Set(refs)) {
      const cart = this.carts.get(ref);
      const theirs = cart !== undefined && (cart.ownerId === owner || (token !== null && cart.token === token));
      if (theirs && (cart.status === 'open' || cart.status === 'abandoned')) found.push(cart);
    }
    return found;
  }

  /** Every act of a profile, or null when they have to be loaded first. */
  actsOf(id: ProfileId): readonly Act[] | null {
    const key = needKey({ what: 'acts', id });
    const known = this.#complete || this.#changed.newProfiles.has(id) || this.#loaded.has(key);
    if (!known) this.#need({ what: 'acts', id });
    return known ? (this.#acts.get(id) ?? []) : null;
  }

  // ---------------------------------------------------------------- changing

  putProfile(profile: Profile): void {
    const before = this.profiles.get(profile.id);
    if (before === undefined) this.#changed.newProfiles.add(profile.id);
    else this.#index.remove(before);
    noteMerge(this.#changed.merges, before, profile);
    this.loadProfile(profile);
    this.#changed.profiles.add(profile.id);
  }

  putOrder(order: Order): void {
    const before = this.orders.get(order.id);
    if (before === undefined) this.#changed.newOrders.add(order.id);
    else this.#index.removeOrder(before);
    this.loadOrder(order);
    this.#changed.orders.add(order.id);
  }

  putBasis(basis: ProfileBasis): void {
    this.loadBasis(basis);
    this.#changed.bases.add(basisKey(basis.profileId, basis.basisId));
  }

  putToken(token: string, binding: TokenBinding): void {
    this.tokens.set(token, binding);
    this.#changed.tokens.add(token);
  }

  putFormer(email: string, holder: FormerHolder): void {
    this.loadFormer(email, holder);
    this.#changed.former.add(email);
  }

  putRefusal(key: AddressKey, basis: BasisId, refusal: AddressRefusal): void {
    this.loadRefusal(key, basis, refusal);
    this.#changed.refusals.add(`${key} ${basis}`);
  }

  /** Whoever comes to hold the address inherits this refusal no more. */
  dropRefusal(key: AddressKey, basis: BasisId): void {
    this.refusals.delete(`${key} ${basis}`);
    this.#refusalsOf.get(key)?.delete(basis);
    this.#changed.dropped.add(`${key} ${basis}`);
  }

  putObjection(key: AddressKey, channel: Channel, objection: Objection): void {
    this.loadObjection(key, channel, objection);
    this.#changed.objections.add(`${key} ${channel}`);
  }

  putStub(key: StubKey, erasedAt: Instant): void {
    this.erasures = true;
    this.loadStub(key, erasedAt);
    this.#changed.stubs.add(key);
  }

  /** Takes everything about a profile out; its orders stay, as nobody's. */
  eraseProfile(id: ProfileId): void {
    const profile = this.profiles.get(id);
    if (profile === undefined) return;
    this.#index.remove(profile);
    this.profiles.delete(id);
    this.#changed.erased.set(id, profile);
    for (const order of this.orders.values()) {
      if (order.ownerId !== id) continue;
      this.putOrder(anonymousOrder(order, this.settings.zone, (reference) => this.supply.hideReference(reference)));
    }
    for (const basis of this.#basesOf.get(id) ?? []) this.bases.delete(basisKey(id, basis));
    this.#basesOf.delete(id);
    this.#acts.delete(id);
    for (const [token, binding] of this.tokens) {
      if (binding.profileId !== id) continue;
      this.tokens.delete(token);
      for (const ref of this.#cartsOfToken.get(token) ?? []) this.carts.delete(ref);
    }
    for (const ref of this.#cartsOfOwner.get(id) ?? []) this.carts.delete(ref);
    for (const email of this.#formerOf.get(id) ?? []) {
      this.former.set(
        email,
        (this.former.get(email) ?? []).filter((holder) => holder.profileId !== id),
      );
    }
    this.#formerOf.delete(id);
  }

  putCart(cart: Cart): void {
    this.loadCart(cart);
    this.#changed.carts.set(cart.ref, cart);
  }

  addAct(act: Act): void {
    const acts = this.#acts.get(act.profileId);
    if (acts === undefined) this.#acts.set(act.profileId, [act]);
    else acts.push(act);
    this.#changed.acts.push(act);
  }

  /** Replaces an act by itself with another `void` mark. */
  markVoid(act: Act, isVoid: boolean): void {
    const marked = { ...act, void: isVoid };
    replace(this.#acts.get(act.profileId) ?? [], act, marked);
    if (!replace(this.#changed.acts, act, marked)) this.#changed.voided.push(marked);
  }

  addHistory(row: HistoryRow): void {
    this.#changed.history.push(row);
  }

  addOrderHistory(row: OrderHistoryRow): void {
    this.#changed.orderHistory.push(row);
  }

  putSettings(settings: ShopSettings, seq: Seq, at: Instant, by: string): void {
    this.settings = settings;
    this.#changed.settings.push({ settings, seq, at, by });
  }

  // ---------------------------------------------------------------- inside

  #need(need: Need): void {
    if (this.#complete) return;
    const key = needKey(need);
    if (!this.#loaded.has(key)) this.needs.set(key, need);
  }

  #profilesOf(ids: ReadonlySet<ProfileId> | undefined): Profile[] {
    const found: Profile[] = [];
    for (const id of ids ?? []) {
      const profile = this.profiles.get(id);
      if (profile !== undefined) found.push(profile);
    }
    return found;
  }
}
