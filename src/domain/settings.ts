/** The settings that rules read: versioned, and changed only by a fact of the shop's own stream. */
import type { CustomField } from './custom-field.ts';
import type { Channel, Fulfilment, Instant, Payment } from './facts.ts';
import { type BasisId, basisId } from './ids.ts';
import { defaultRetention, type Retention } from './retention.ts';

export type Validation = 'paid' | 'placed';
export type BasisKind = 'consent' | 'legal';
export type Ground = 'consent' | 'contract' | 'legitimate-interest';
export type Purpose = 'service' | 'marketing';
export type Activity = 'order' | 'signup' | 'account' | 'visit' | 'cart' | 'act';

export interface BasisDefinition {
  readonly id: BasisId;
  readonly kind: BasisKind;
  readonly ground: Ground;
  /** On the wire; not unique. */
  readonly techName: string;
  readonly name: string;
  /** What it is for, in the merchant's words: the finality people are told. */
  readonly description: string;
  /** What people read when they choose, by language (ISO 639-1). */
  readonly texts: Readonly<Record<string, string>>;
  /** From 1, one on whenever `texts` changes; stamped on each change of a status, so that an old acceptance keeps its text. */
  readonly textVersion: number;
  /** Note of the balance test a legitimate interest rests on. */
  readonly balanceTest: string | null;
  /** SPREAD's `consentType` on the wire. */
  readonly wireType: string;
  readonly purposes: readonly Purpose[];
  readonly channels: readonly Channel[];
  /** Covers marketing only to people with a validated order. */
  readonly existingCustomers: boolean;
  readonly doubleOptIn: boolean;
  readonly expiry: { readonly days: number; readonly prolongedBy: readonly Activity[] } | null;
  readonly active: boolean;
}

export interface UpliftTargets {
  readonly order: BasisId | null;
  readonly account: BasisId | null;
  readonly optinEmail: BasisId | null;
  readonly optinSms: BasisId | null;
}

/** What people read where the shop takes an opt-in into a consent: kept as proof, a version with each change (rules §5). */
export interface OptinProof {
  /** The text beside the box. */
  readonly wording: string;
  /** The page or form that shows it. */
  readonly where: string;
}

export interface OptinProofs {
  readonly email: OptinProof | null;
  readonly sms: OptinProof | null;
}

export interface MappedState {
  readonly payment: Payment;
  readonly fulfilment: Fulfilment;
  readonly cancelled: boolean;
}

export interface ShopSettings {
  readonly version: number;
  readonly validation: Validation;
  readonly uplift: UpliftTargets;
  readonly optinProof: OptinProofs;
  readonly bases: readonly BasisDefinition[];
  /** Rules §6.3: "accept orders and accounts from the browser". */
  readonly browserWrites: boolean;
  /** Hosts whose pages may speak for the shop; empty: every host, collected. */
  readonly domains: readonly string[];
  /** IANA zone, currency (ISO 4217) and country (ISO 3166-1) that stand where a statement names none. */
  readonly zone: string;
  readonly currency: string;
  readonly country: string;
  /** Languages the shop speaks with its customers (ISO 639-1); the first where a customer's own is not known. */
  readonly languages: readonly string[];
  /** The shop's own codes per source key (`server`, `browser`, `store:<name>`), beside the legacy ones. */
  readonly stateMaps: Readonly<Record<string, Readonly<Record<string, MappedState>>>>;
  /** Minutes nobody touched a cart after which it is abandoned (rules §3.8). */
  readonly cartMinutes: number;
  readonly retention: Retention;
  /** Days a double opt-in link lives; then the basis is what it was before (rules §10). */
  readonly confirmDays: number;
  readonly customFields: readonly CustomField[];
  /** Visitors' tokens issued before this speak for nobody any more (rules §6.5); 0: none was revoked. */
  readonly tokensFrom: Instant;
  /** Namespaces of the connected stores. */
  readonly stores: readonly string[];
}

/** What the merchant has still to write of a basis. */
const unwritten = { description: '', texts: {}, textVersion: 1, balanceTest: null } as const;

/** The bases a new shop starts with (rules §4), with the ids the wire shows. */
const defaultBases: readonly BasisDefinition[] = [
  consent(1, 'NewsEmail', 'Informations commerciales par email', 'Default newsletter', 'email'),
  consent(2, 'NewsSMS', 'Informations commerciales par SMS', 'Default sms', 'sms'),
  consent(
    3,
    "J'accepte d'être contacté occasionnellement par téléphone",
    'Informations commerciales par téléphone',
    'Default phone',
    'phone',
  ),
  legal(4, 'LegalBasisOrder', 'Commande', 'contract', 'service', 'email', false),
  legal(5, 'LegalBasisSignup', 'Inscription', 'legitimate-interest', 'service', 'email', false),
  legal(6, 'LegalBasisOptin', 'Opt-in email', 'legitimate-interest', 'marketing', 'email', true),
  legal(7, 'LegalBasisOptin', 'Opt-in SMS', 'legitimate-interest', 'marketing', 'sms', true),
];

/** Settings of a shop nobody has configured yet (rules §3.4, §4, §5, §6.3). */
export const defaultSettings: ShopSettings = {
  version: 1,
  validation: 'paid',
  uplift: { order: basisId(4), account: basisId(5), optinEmail: basisId(6), optinSms: basisId(7) },
  optinProof: { email: null, sms: null },
  bases: defaultBases,
  browserWrites: true,
  domains: [],
  zone: 'Europe/Paris',
  currency: 'EUR',
  country: 'FR',
  languages: ['fr', 'en'],
  stateMaps: {},
  cartMinutes: 60,
  retention: defaultRetention,
  confirmDays: 7,
  customFields: [],
  tokensFrom: 0,
  stores: [],
};

/** SPREAD's `consentType` of a basis the merchant made. */
export function wireTypeOf(ground: Ground): string {
  if (ground === 'consent') return 'Consent';
  return ground === 'contract' ? 'Legal basis contract' : 'Legal basis legitimate interest';
}

/** Settings as kept; what an older version did not know yet has its default. */
export function settingsOf(body: object, version: number): ShopSettings {
  const kept: Partial<ShopSettings> = body;
  return { ...defaultSettings, ...kept, retention: { ...defaultRetention, ...kept.retention }, version };
}

function consent(id: number, techName: string, name: string, wireType: string, channel: Channel): BasisDefinition {
  return {
    id: basisId(id),
    kind: 'consent',
    ground: 'consent',
    techName,
    name,
    ...unwritten,
    wireType,
    purposes: ['marketing'],
    channels: [channel],
    existingCustomers: false,
    doubleOptIn: false,
    expiry: null,
    active: true,
  };
}

function legal(
  id: number,
  techName: string,
  name: string,
  ground: 'contract' | 'legitimate-interest',
  purpose: Purpose,
  channel: Channel,
  existingCustomers: boolean,
): BasisDefinition {
  return {
    id: basisId(id),
    kind: 'legal',
    ground,
    techName,
    name,
    ...unwritten,
    wireType: wireTypeOf(ground),
    purposes: [purpose],
    channels: [channel],
    existingCustomers,
    doubleOptIn: false,
    expiry: null,
    active: true,
  };
}
