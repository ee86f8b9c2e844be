/** A change of settings that rules read: checked here, because the settings are what every later decision stands on. */
import { type BasisChange, changeBasis } from './basis-change.ts';
import { type CustomField, isCustomField } from './custom-field.ts';
import type { Instant } from './facts.ts';
import { type BasisId, basisId } from './ids.ts';
import type { Reason } from './reasons.ts';
import { isRetention, type Retention } from './retention.ts';
import type { BasisDefinition, OptinProofs, ShopSettings, UpliftTargets } from './settings.ts';

/** Keys left out stay as they are; within `uplift`, `optinProof` and `retention` too. */
export interface SettingsChange {
  readonly validation?: ShopSettings['validation'];
  readonly uplift?: { readonly [Event in keyof UpliftTargets]?: number | null };
  readonly optinProof?: Partial<OptinProofs>;
  readonly browserWrites?: boolean;
  readonly domains?: readonly string[];
  readonly zone?: string;
  readonly currency?: string;
  readonly country?: string;
  readonly languages?: readonly string[];
  readonly stateMaps?: ShopSettings['stateMaps'];
  readonly cartMinutes?: number;
  readonly retention?: Partial<Retention>;
  readonly confirmDays?: number;
  readonly customFields?: readonly CustomField[];
  readonly tokensFrom?: Instant;
  readonly stores?: readonly string[];
  readonly bases?: readonly BasisDefinition[];
  /** One basis made or changed; with `bases`, after them. */
  readonly basis?: BasisChange;
}

/** The settings after a change, one version on; the reason when the change cannot be (an unknown key, a target that is no legal basis, …). */
export function changeSettings(before: ShopSettings, change: unknown): ShopSettings | Reason {
  if (!isChange(change)) return 'settings.invalid';
  const { uplift: targets, optinProof: proofs, retention: days, basis, ...rest } = change;
  const uplift = { ...before.uplift, ...toTargets(targets ?? {}) };
  const optinProof = { ...before.optinProof, ...proofs };
  const retention = { ...before.retention, ...days };
  const stated: ShopSettings = { ...before, ...rest, uplift, optinProof, retention, version: before.version + 1 };
  const bases = basis === undefined ? stated.bases : changeBasis(stated, basis);
  if (typeof bases === 'string') return bases;
  const after = { ...stated, bases };
  // what was revoked never speaks again
  if (!isSound(after) || after.tokensFrom < before.tokensFrom) return 'settings.invalid';
  return isProven(before, after) ? after : 'settings.proof_missing';
}

/** Who chooses a consent for an opt-in says what people read there (rules §5). */
function isProven(before: ShopSettings, after: ShopSettings): boolean {
  const proven = (event: 'optinEmail' | 'optinSms', channel: keyof OptinProofs) => {
    const target = after.uplift[event];
    const consent = after.bases.some((basis) => basis.id === target && basis.kind === 'consent');
    const same = target === before.uplift[event] && after.optinProof[channel] === before.optinProof[channel];
    return !consent || same || after.optinProof[channel] !== null;
  };
  return proven('optinEmail', 'email') && proven('optinSms', 'sms');
}

/** The order and account targets are legal bases of the shop, or none; the opt-ins' any basis, or none (rules §5). */
function isSound(settings: ShopSettings): boolean {
  const { order, account, optinEmail, optinSms } = settings.uplift;
  const known = (id: BasisId | null) => id === null || settings.bases.some((basis) => basis.id === id && basis.active);
  const legal = (id: BasisId | null) =>
    id === null || settings.bases.some((basis) => basis.id === id && basis.active && basis.kind === 'legal');
  return legal(order) && legal(account) && known(optinEmail) && known(optinSms);
}

function toTargets(targets: { readonly [Event in keyof UpliftTargets]?: number | null }): Partial<UpliftTargets> {
  return Object.fromEntries(
    Object.entries(targets).map(([event, id]) => [event, id === null ? null : basisId(id ?? 0)]),
  );
}

const checks: { readonly [Key in keyof SettingsChange]-?: (value: unknown) => boolean } = {
  validation: (value) => value === 'paid' || value === 'placed',
  uplift: (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([event, id]) =>
        upliftEvents.includes(event) && (id === null || (typeof id === 'number' && Number.isInteger(id))),
    ),
  optinProof: (value) =>
    isRecord(value) &&
    Object.entries(value).every(
      ([channel, proof]) => (channel === 'email' || channel === 'sms') && (proof === null || isProof(proof)),
    ),
  browserWrites: (value) => typeof value === 'boolean',
  domains: (value) => isTexts(value) && value.length <= 100 && value.every((host) => hostShape.test(host)),
  zone: (value) => typeof value === 'string' && isZone(value),
  currency: (value) => typeof value === 'string' && /^[A-Z]{3}$/.test(value),
  country: (value) => typeof value === 'string' && /^[A-Z]{2}$/.test(value),
  languages: (value) =>
    isTexts(value) &&
    value.length >= 1 &&
    value.length <= 20 &&
    new Set(value).size === value.length &&
    value.every((code) => /^[a-z]{2}$/.test(code)),
  stateMaps: (value) =>
    isRecord(value) && Object.values(value).every((map) => isRecord(map) && Object.values(map).every(isState)),
  cartMinutes: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 43_200,
  retention: isRetention,
  confirmDays: (value) => typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 30,
  customFields: (value) =>
    Array.isArray(value) &&
    value.length <= 500 &&
    value.every(isCustomField) &&
    new Set(value.map(({ id }) => id)).size === value.length,
  tokensFrom: (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0,
  stores: (value) => isTexts(value) && new Set(value).size === value.length,
  bases: (value) => Array.isArray(value) && value.length <= 500 && value.every(isBasis),
  basis: isRecord,
};

const upliftEvents: readonly string[] = [
  'order',
  'account',
  'optinEmail',
  'optinSms',
] satisfies (keyof UpliftTargets)[];
const hostShape = /^(?=.{1,253}$)[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$/;

function isChange(change: unknown): change is SettingsChange {
  if (!isRecord(change)) return false;
  return Object.entries(change).every(
    ([key, value]) => Object.hasOwn(checks, key) && checks[key as keyof SettingsChange](value),
  );
}

function isProof(value: unknown): boolean {
  const isText = (text: unknown) => typeof text === 'string' && text.trim() !== '' && text.length <= 2_000;
  return isRecord(value) && isText(value.wording) && isText(value.where);
}

function isState(value: unknown): boolean {
  return (
    isRecord(value) &&
    ['none', 'authorised', 'part-paid', 'paid'].includes(String(value.payment)) &&
    ['none', 'part-shipped', 'shipped'].includes(String(value.fulfilment)) &&
    typeof value.cancelled === 'boolean'
  );
}

function isBasis(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value.id === 'number' &&
    (value.kind === 'consent' || value.kind === 'legal') &&
    typeof value.techName === 'string' &&
    typeof value.name === 'string' &&
    isTexts(value.channels) &&
    isTexts(value.purposes) &&
    typeof value.active === 'boolean' &&
    typeof value.doubleOptIn === 'boolean'
  );
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
