/** A basis created or changed by the merchant (rules §4): what a definition may say, and the reason where it may not. */
import type { Channel } from './facts.ts';
import { basisId } from './ids.ts';
import type { Reason } from './reasons.ts';
import {
  type Activity,
  type BasisDefinition,
  type Ground,
  type Purpose,
  type ShopSettings,
  wireTypeOf,
} from './settings.ts';

/** `id` null: a new one. Keys left out stay as they are, or take a new basis' first value. */
export interface BasisChange {
  readonly id: number | null;
  readonly name?: string;
  readonly techName?: string;
  readonly ground?: Ground;
  readonly description?: string;
  readonly texts?: Readonly<Record<string, string>>;
  readonly balanceTest?: string | null;
  readonly purposes?: readonly Purpose[];
  readonly channels?: readonly Channel[];
  readonly existingCustomers?: boolean;
  readonly doubleOptIn?: boolean;
  readonly expiry?: BasisDefinition['expiry'];
  readonly active?: boolean;
}

export const activities: readonly Activity[] = ['order', 'signup', 'account', 'visit', 'cart', 'act'];
export const longestExpiryDays = 3650;
const mostBases = 500;

/** The shop's bases after a change of one; a reason when the change cannot be. */
export function changeBasis(settings: ShopSettings, change: unknown): readonly BasisDefinition[] | Reason {
  if (!isBasisChange(change)) return 'settings.invalid';
  const before = change.id === null ? null : (settings.bases.find(({ id }) => id === change.id) ?? null);
  if (before === null && change.id !== null) return 'settings.basis_unknown';
  if (before === null && settings.bases.length >= mostBases) return 'settings.invalid';
  const after = before === null ? newBasis(settings, change) : revised(before, change);
  const wrong = faultOf(settings, before, after);
  if (wrong !== null) return wrong;
  return before === null
    ? [...settings.bases, after]
    : settings.bases.map((basis) => (basis.id === after.id ? after : basis));
}

function newBasis(settings: ShopSettings, change: BasisChange): BasisDefinition {
  const id = basisId(Math.max(0, ...settings.bases.map((basis) => basis.id)) + 1);
  const ground = change.ground ?? 'consent';
  const blank: BasisDefinition = {
    id,
    kind: ground === 'consent' ? 'consent' : 'legal',
    ground,
    techName: `basis${id}`,
    name: '',
    description: '',
    texts: {},
    textVersion: 1,
    balanceTest: null,
    wireType: wireTypeOf(ground),
    purposes: [],
    channels: [],
    existingCustomers: false,
    doubleOptIn: false,
    expiry: null,
    active: true,
  };
  return { ...revised(blank, change), textVersion: 1 };
}

function revised(before: BasisDefinition, { id: _, ...change }: BasisChange): BasisDefinition {
  const after = { ...before, ...change };
  const texts = withoutEmpty(after.texts);
  const sameText = JSON.stringify(sorted(texts)) === JSON.stringify(sorted(before.texts));
  return {
    ...after,
    name: after.name.trim(),
    techName: after.techName.trim(),
    texts: sameText ? before.texts : texts,
    textVersion: sameText ? before.textVersion : before.textVersion + 1,
    wireType: after.ground === before.ground ? before.wireType : wireTypeOf(after.ground),
  };
}

/** Why a definition cannot stand (rules §4 "ground, purpose, channel"); null: it can. */
function faultOf(settings: ShopSettings, before: BasisDefinition | null, after: BasisDefinition): Reason | null {
  const { ground, kind, purposes, channels } = after;
  if ((ground === 'consent') !== (kind === 'consent')) return 'settings.basis_kind_fixed';
  if (after.name === '' || after.techName === '' || purposes.length === 0 || channels.length === 0)
    return 'settings.basis_incomplete';
  const named = (basis: BasisDefinition) =>
    basis.id !== after.id && basis.active && basis.name.toLowerCase() === after.name.toLowerCase();
  if (after.active && settings.bases.some(named)) return 'settings.basis_name_taken';
  if (ground === 'contract' && purposes.includes('marketing')) return 'settings.contract_is_service';
  if (kind === 'legal' && channels.includes('phone') && purposes.includes('marketing'))
    return 'settings.phone_needs_consent';
  if (kind === 'legal' && after.doubleOptIn) return 'settings.basis_kind_fixed';
  const feeds = Object.values(settings.uplift).includes(after.id);
  return feeds && before?.active === true && !after.active ? 'settings.basis_in_use' : null;
}

const checks: { readonly [Key in keyof BasisChange]-?: (value: unknown) => boolean } = {
  id: (value) => value === null || (typeof value === 'number' && Number.isInteger(value)),
  name: (value) => isText(value, 200),
  techName: (value) => isText(value, 200),
  ground: (value) => value === 'consent' || value === 'contract' || value === 'legitimate-interest',
  description: (value) => isText(value, 2000),
  texts: (value) =>
    isRecord(value) &&
    Object.keys(value).length <= 20 &&
    Object.entries(value).every(([language, text]) => /^[a-z]{2}$/.test(language) && isText(text, 2000)),
  balanceTest: (value) => value === null || isText(value, 4000),
  purposes: (value) => isSome(value, ['service', 'marketing']),
  channels: (value) => isSome(value, ['email', 'sms', 'phone', 'post']),
  existingCustomers: (value) => typeof value === 'boolean',
  doubleOptIn: (value) => typeof value === 'boolean',
  expiry: (value) =>
    value === null ||
    (isRecord(value) &&
      typeof value.days === 'number' &&
      Number.isInteger(value.days) &&
      value.days >= 1 &&
      value.days <= longestExpiryDays &&
      isSome(value.prolongedBy, activities) &&
      Object.keys(value).length === 2),
  active: (value) => typeof value === 'boolean',
};

function isBasisChange(change: unknown): change is BasisChange {
  if (!isRecord(change) || !('id' in change)) return false;
  return Object.entries(change).every(
    ([key, value]) => Object.hasOwn(checks, key) && checks[key as keyof BasisChange](value),
  );
}

/** A list of different words, each one of `allowed`. */
function isSome(value: unknown, allowed: readonly string[]): boolean {
  return (
    Array.isArray(value) &&
    new Set(value).size === value.length &&
    value.every((item) => typeof item === 'string' && allowed.includes(item))
  );
}

function isText(value: unknown, most: number): boolean {
  return typeof value === 'string' && value.length <= most && !value.includes('\u0000');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withoutEmpty(texts: BasisDefinition['texts']): BasisDefinition['texts'] {
  return Object.fromEntries(
    Object.entries(texts)
      .map(([language, text]) => [language, text.trim()] as const)
      .filter(([, text]) => text !== ''),
  );
}

function sorted(texts: BasisDefinition['texts']): readonly (readonly [string, string])[] {
  return Object.entries(texts).sort(([a], [b]) => (a < b ? -1 : 1));
}
