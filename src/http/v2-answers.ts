import { minorDigits } from '#domain/money.ts';
import type { BasisDefinition, ShopSettings } from '#domain/settings.ts';
import type { V2CustomerConsent } from '#views/v2-consents.ts';
import type { V2Customer } from '#views/v2-customers.ts';
import type { V2Order } from '#views/v2-orders.ts';

/** The JSON of SPREAD's v2 reads (legacy wire §3): numbers as text, one key per object, empty text for what is not known. */
export function customerJson(customer: V2Customer): Record<string, unknown> {
  return {
    ...customerItemJson(customer),
    tags: customer.tags,
    custom_fields: customer.custom,
    status: '',
  };
}

/** A list's item: without tags, custom fields and status. */
export function customerItemJson(customer: V2Customer): Record<string, unknown> {
  const bought = customer.orderCount > 0;
  return {
    id: String(customer.id),
    lastName: customer.name ?? '',
    firstName: customer.firstname ?? '',
    email: customer.email ?? '',
    country: customer.country ?? '',
    city: customer.city ?? '',
    address: customer.address ?? '',
    address2: customer.address2 ?? '',
    address3: customer.address3 ?? '',
    zip: customer.zip ?? '',
    phone: customer.phone ?? '',
    mobile: customer.mobile ?? '',
    lang: customer.lang ?? '',
    birthday: customer.birthday ?? '',
    gender: customer.gender ?? '',
    createdAt: offsetTime(customer.createdAt),
    updatedAt: offsetTime(customer.updatedAt),
    isFan: '0',
    isFollow: '0',
    isFanLinkedin: '0',
    isBuyer: bought ? '1' : '0',
    actionCount: String(customer.orderCount),
    lastActionDt: offsetTime(customer.lastSeen),
    lastOrderDt: customer.lastOrderAt === null ? '' : offsetTime(customer.lastOrderAt),
    cagnotteAmount: '0',
    externalId: customer.externalId ?? '',
    company: customer.company ?? '',
    fonction: customer.job ?? '',
  };
}

export function orderJson(order: V2Order, zone: string): Record<string, unknown> {
  return {
    ...orderItemJson(order, zone),
    tags: order.tags,
    attributes: Array.isArray(order.attributes) ? order.attributes : [],
  };
}

export function orderItemJson(order: V2Order, zone: string): Record<string, unknown> {
  return {
    id: String(order.id),
    createdAt: zonedTime(order.placedAt, zone),
    updatedAt: zonedTime(order.updatedAt, zone),
    amount: amountText(order.totalMinor, order.currency),
    customerId: order.profileId === null ? '' : String(order.profileId),
    orderId: order.key,
    facturationNumber: order.invoiceNumber ?? '',
    status: String(order.legacyState),
    startService: order.serviceStart ?? '',
    endService: order.serviceEnd ?? '',
  };
}

export function consentJson(basis: BasisDefinition, at: Date): Record<string, unknown> {
  return {
    id: String(basis.id),
    consentType: basis.wireType,
    consentName: basis.name,
    consentTechName: basis.techName,
    createdAt: offsetTime(at),
    updatedAt: offsetTime(at),
  };
}

/** A basis waiting for its double opt-in is `unknown` on this wire. */
export function customerConsentJson(consent: V2CustomerConsent, settings: ShopSettings): Record<string, unknown> {
  const basis = settings.bases.find((one) => one.id === consent.basisId);
  const known = consent.status === 'accepted' || consent.status === 'refused';
  return {
    consentId: String(consent.basisId),
    trackId: consent.seq ?? '',
    consentTechName: basis?.techName ?? '',
    customerConsentCreatedAt: offsetTime(consent.since ?? consent.changedAt),
    customerConsentStatus: known ? consent.status : 'unknown',
    customerConsentSource: consent.cause ?? '',
    customerConsentSourceId: consent.source ?? '',
  };
}

/** Minor units as decimal text: 5400 EUR is `54.00`. */
export function amountText(minor: number, currency: string): string {
  const digits = minorDigits(currency);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  const sign = minor < 0 ? '-' : '';
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** `2018-04-10T14:15:48+0000` */
function offsetTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}+0000`;
}

/** `2018-04-10 16:15:48` on the shop's clocks. */
function zonedTime(at: Date, zone: string): string {
  return new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  }).format(at);
}
