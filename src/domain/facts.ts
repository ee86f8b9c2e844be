/**
 * What a wire says, in our words. A decoder states only what was said: no shop setting, no clock, no look-up.
 * Absent (undefined, null) means "not stated"; rules decide what a statement does.
 */
import type { BasisId, Seq, ShopId } from './ids.ts';
import type { OrderTexts } from './order-text.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number;

/**
 * A stated time: exact, without a zone (`YYYY-MM-DDTHH:MM:SS`: the IANA zone stated beside it, else the shop's), a date alone
 * (`YYYY-MM-DD`), or milliseconds before the statement was sent, by the sender's own clock: its arrival stands for the sending, so a wrong clock does no harm.
 */
export type StatedTime =
  | { readonly at: Instant }
  | { readonly local: string; readonly zone?: string }
  | { readonly date: string }
  | { readonly ago: number };

/** A stated amount: canonical decimal text (`-?\d+(\.\d+)?`), and its currency (ISO 4217) or the shop's. */
export interface StatedMoney {
  readonly amount: string;
  readonly currency: string | null;
}

/** What a statement came through (rules §1 "source"). `store` and `pull` name a connected store's namespace. */
export type Source =
  | { readonly kind: 'browser' }
  | { readonly kind: 'server' }
  | { readonly kind: 'store'; readonly store: string }
  | { readonly kind: 'pull'; readonly store: string }
  | { readonly kind: 'import'; readonly importId: string }
  | { readonly kind: 'api' }
  | { readonly kind: 'staff'; readonly userId: string }
  | { readonly kind: 'person' }
  | { readonly kind: 'system' };

export const profileFields = [
  'name',
  'firstname',
  'birthday',
  'gender',
  'address',
  'address2',
  'address3',
  'zip',
  'city',
  'country',
  'phone',
  'mobile',
  'job',
  'company',
  'lang',
  'group',
] as const;
export type ProfileField = (typeof profileFields)[number];
/** `undefined` or an empty string: not stated. `null`: erase (our own API only, rules §2.8). */
export type StatedFields = { readonly [Field in ProfileField]?: string | null };

export interface StatedPerson {
  /** The shop's own customer id, compared exactly, up to 250 characters. */
  readonly externalId: string | null;
  /** As received; `identity.ts` makes its normal form. */
  readonly email: string | null;
  /** The browser's token as received (`sbt`, `customer_cookie`). */
  readonly token: string | null;
  readonly fields: StatedFields;
  readonly addTags: readonly string[];
  readonly delTags: readonly string[];
  /** Custom fields by numeric id or legacy name (`txt1`…`bool4`). */
  readonly custom: Readonly<Record<string, string>>;
}

export type Channel = 'email' | 'sms' | 'phone' | 'post';

/** An opt-in flag as the shop sends it (rules §4): a box ticked now (act) or a stored flag re-sent (record). */
export interface StatedOptIn {
  readonly channel: 'email' | 'sms';
  readonly value: 0 | 1;
  readonly kind: 'act' | 'record';
  /** When the box was ticked or the flag was set, where that is not the time of the statement itself. */
  readonly at?: StatedTime;
}

export type StatedStatus = 'accepted' | 'refused' | 'unknown';

/** A basis by its id, its tech name (several may share it), or its name. */
export type BasisName = { readonly id: BasisId } | { readonly techName: string };

/** `consents[techName]=1|0` inside another call: an act of the person (rules §4). */
export interface StatedConsent {
  readonly basis: BasisName;
  readonly value: 0 | 1;
}

export type Payment = 'none' | 'authorised' | 'part-paid' | 'paid';
export type Fulfilment = 'none' | 'part-shipped' | 'shipped';

/** What is said about an order's state; null: nothing about that part of it. */
export interface StateParts {
  readonly payment: Payment | null;
  readonly fulfilment: Fulfilment | null;
  readonly cancelled: boolean | null;
}

/**
 * A state as a source's own code (mapped by the shop's settings; `otherwise`: what the platform itself says the code means, where the
 * merchant mapped it to nothing), or already in our words.
 */
export type StatedState = { readonly code: string; readonly otherwise?: StateParts } | StateParts;

export interface StatedRefund {
  readonly id: string;
  readonly money: StatedMoney;
  readonly status: 'succeeded' | 'pending' | 'failed';
}

export interface StatedItem {
  readonly key: string | null;
  /** Which of the product's variants. */
  readonly variant?: string | null;
  readonly sku: string | null;
  readonly name: string | null;
  readonly quantity: number;
  readonly unit: StatedMoney | null;
}

export interface StatedOrder extends OrderTexts {
  readonly key: string;
  /** The number people see, where it differs from the key. */
  readonly number: string | null;
  /** When the order was placed, as the shop says. Not the time of the statement. */
  readonly placedAt: StatedTime | null;
  readonly total: StatedMoney | null;
  readonly state: StatedState | null;
  readonly refunds: readonly StatedRefund[];
  /** Total refunded so far, where the platform states only that (replaces the sum, rules §3.6). */
  readonly refundTotal: StatedMoney | null;
  readonly addTags: readonly string[];
  readonly delTags: readonly string[];
  readonly attributes: readonly (readonly string[])[] | null;
  readonly items: readonly StatedItem[] | null;
  readonly cartKey: string | null;
}

/** A value kept as it was said, of any shape. */
export type Kept = string | number | boolean | null | readonly Kept[] | KeptData;
export interface KeptData {
  readonly [name: string]: Kept;
}

export interface StatedCart {
  /** The shop's own cart id, up to 250 characters; null: the cart of this person, or of this browser. */
  readonly key: string | null;
  readonly total: StatedMoney | null;
  /** Units in it. */
  readonly count: number | null;
  readonly items: readonly StatedItem[] | null;
  /** Whatever else the call said about it. */
  readonly data: KeptData;
}

interface Said {
  /** The connected store the statement names; null: the shop's only one, else `default` (rules §2.1). */
  readonly store: string | null;
  /** When the person or shop did it, where the wire says so (rules §1 "own time"). */
  readonly ownTime: StatedTime | null;
}

export interface OrderFact extends Said {
  readonly type: 'order';
  /** Said by a creating call; with `createdAt`, a platform object that is new when created after the installation. */
  readonly creating: boolean;
  readonly createdAt: StatedTime | null;
  /** Of an import whose merchant asked for it: an order or account it creates is new, and gives what new ones give (rules §8). */
  readonly uplift?: true;
  readonly person: StatedPerson;
  /** null: an order call without a reference (`order.no_reference`). */
  readonly order: StatedOrder | null;
  /** True: it says something of an order that is known, and never makes one. */
  readonly known?: boolean;
  readonly optIns: readonly StatedOptIn[];
  readonly consents: readonly StatedConsent[];
}

export interface AccountFact extends Said {
  readonly type: 'account';
  readonly creating: boolean;
  readonly createdAt: StatedTime | null;
  /** Of an import whose merchant asked for it: an order or account it creates is new, and gives what new ones give (rules §8). */
  readonly uplift?: true;
  readonly person: StatedPerson;
  readonly optIns: readonly StatedOptIn[];
  readonly consents: readonly StatedConsent[];
}

/** A newsletter sign-up (1) or sign-off (0): an act on the e-mail opt-in's target (rules §4). */
export interface NewsletterFact extends Said {
  readonly type: 'newsletter';
  readonly person: StatedPerson;
  readonly value: 0 | 1;
  readonly optIns: readonly StatedOptIn[];
  readonly consents: readonly StatedConsent[];
}

/** One basis set for one person: a platform's consent event, the private-key API, staff, an import cell, the person. */
export interface ConsentFact extends Said {
  readonly type: 'consent';
  readonly subject: ConsentSubject;
  readonly basis: BasisName;
  readonly status: StatedStatus;
  readonly writtenReason: string | null;
  /** The import's own box "reset refused legal bases" (rules §8). */
  readonly reset: boolean;
  /** Present for double opt-in answers: the link was used. */
  readonly proof: 'double-opt-in-link' | 'code' | null;
  /** What the person saw, where our own page or a private-key caller says so. */
  readonly evidence?: StatedEvidence;
}

/** Where and by what words a person spoke; every part as the caller states it. */
export interface StatedEvidence {
  readonly form?: string;
  readonly page?: string;
  readonly wording?: string;
  readonly language?: string;
}

export type ConsentSubject =
  | { readonly profileId: number }
  | { readonly email: string | null; readonly externalId: string | null; readonly phone: string | null };

/** Binds a token to a person (RegenCookie, rules §2.7). */
export interface TokenFact extends Said {
  readonly type: 'token';
  readonly person: StatedPerson;
  readonly minted: string | null;
}

/** A visit of a verified token's bearer within one hour (rules §4 expiry). */
export interface VisitFact extends Said {
  readonly type: 'visit';
  readonly token: string;
}

/** "No more marketing" on a channel for an address (rules §7, objection list). */
export interface ObjectionFact extends Said {
  readonly type: 'objection';
  readonly subject: ConsentSubject;
  readonly channel: Channel;
}

/** A change of settings that rules read. Only the keys present change. */
export interface SettingsFact extends Said {
  readonly type: 'settings';
  readonly change: unknown;
}

/** Staff correct a known profile: what is present replaces, a field's null erases (rules §2.4, §2.8). */
export interface ProfileFact extends Said {
  readonly type: 'profile';
  readonly profileId: number;
  readonly person: StatedPerson;
}

/** Staff say that two profiles are one person, or take it back (rules §2.6). */
export interface MergeFact extends Said {
  readonly type: 'merge';
  /** The one that stands for both. */
  readonly profileId: number;
  readonly other: number;
  readonly undo: boolean;
}

/** What a nightly run or the end of a double opt-in link's life does to one profile's basis. */
export interface ExpiryFact extends Said {
  readonly type: 'expiry';
  readonly run: 'night' | 'link-ends';
  readonly profileId: number;
  readonly basis: BasisName;
}

/**
 * A person is erased (rules §7): they asked, or (`inactive`) a nightly run found nothing of theirs since the shop's setting, and
 * the rules look again, or (`store`) the only store that spoke of them asks. Alone in its item.
 */
export interface EraseFact extends Said {
  readonly type: 'erase';
  readonly run: 'asked' | 'inactive' | 'store';
  readonly profileId: number;
}

/** A slice of what an import did is taken back (rules §8). Alone in its item. */
export interface UndoFact extends Said {
  readonly type: 'undo';
  readonly importId: string;
  readonly writtenReason: string;
  /** Profiles whose bases it may have moved. */
  readonly profiles: readonly number[];
  /** Profiles and orders it created: those nobody else spoke of go. */
  readonly created: readonly number[];
  readonly orders: readonly number[];
}

/** What is in a cart now, or that nothing is any more (rules §3.8). */
export interface CartFact extends Said {
  readonly type: 'cart';
  readonly person: StatedPerson;
  /** `ordered`: the shop says that it became an order, which it does not name by its key. */
  readonly state: 'filled' | 'emptied' | 'ordered';
  readonly cart: StatedCart;
}

/** A cart nobody has touched for as long as the shop's setting says; `ref` as in `cart.ts`. */
export interface AbandonFact extends Said {
  readonly type: 'abandon';
  readonly ref: string;
}

/** A shop's call to an automation by its name: kept, nothing here runs it. */
export interface AutomationFact extends Said {
  readonly type: 'automation';
  readonly call: 'trigger' | 'stop';
  readonly name: string;
  readonly key: string | null;
  readonly person: StatedPerson;
  readonly data: KeptData;
}

export type Fact =
  | OrderFact
  | AccountFact
  | NewsletterFact
  | ConsentFact
  | TokenFact
  | VisitFact
  | ObjectionFact
  | SettingsFact
  | ProfileFact
  | MergeFact
  | ExpiryFact
  | CartFact
  | AbandonFact
  | AutomationFact
  | EraseFact
  | UndoFact;

/** One received item as the rules see it: who said it, through what, when it came, and what it says. */
export interface Statement {
  readonly seq: Seq;
  readonly shopId: ShopId;
  readonly arrivedAt: Instant;
  readonly source: Source;
  /** Host of Origin or Referer of a browser call; null: absent or `null`. */
  readonly pageHost: string | null;
  /** A server pair that may read may mint and bind verified tokens (rules §6.6). */
  readonly mayRead: boolean;
  readonly test: boolean;
  /** A browser that says it is a program (rules §6.8). */
  readonly bot?: boolean;
  readonly facts: readonly Fact[];
}
