import type { BasisDefinition } from '#domain/settings.ts';
import { offsetTime } from './write-time.ts';

/** One basis of one profile, with the change that gave it its present status. */
export interface CustomerConsentRow {
  readonly basisId: number;
  readonly status: string;
  readonly since: Date | null;
  readonly movedAt: Date | null;
  readonly changedAt: Date;
  readonly cause: string | null;
  readonly source: string | null;
  readonly seq: string | null;
}

/** `at`: when the shop's settings last changed; bases have no times of their own. */
export function writeConsent(basis: BasisDefinition, at: Date): Record<string, unknown> {
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
export function writeCustomerConsent(
  consent: CustomerConsentRow,
  bases: readonly BasisDefinition[],
): Record<string, unknown> {
  const basis = bases.find((one) => one.id === consent.basisId);
  const known = consent.status === 'accepted' || consent.status === 'refused';
  return {
    consentId: String(consent.basisId),
    trackId: consent.seq ?? '',
    consentTechName: basis?.techName ?? '',
    customerConsentCreatedAt: offsetTime(consent.since ?? consent.movedAt ?? consent.changedAt),
    customerConsentStatus: known ? consent.status : 'unknown',
    customerConsentSource: consent.cause ?? '',
    customerConsentSourceId: consent.source ?? '',
  };
}
