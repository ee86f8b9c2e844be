/** `POST /api/v2/customers-consents/{id}`: raw JSON, whatever its content type says (docs/wire/spread-v2.md). */
import { basisId } from '#domain/ids.ts';
import type { Decoded } from '../decoded.ts';
import { isObject, type Json, parseJson } from '../json.ts';
import { statedTime } from '../values.ts';

/** The envelope's raw bytes: `{"customerId": 12, "body": {"consent": {…}}}`. */
export function decodeCustomerConsent(raw: Uint8Array): Decoded {
  const json = parseJson(raw);
  if ('fault' in json) return { word: 'unreadable', reason: json.fault, field: null };
  const { value } = json;
  const consent = isObject(value) && isObject(value.body) ? value.body.consent : null;
  if (
    !isObject(value) ||
    typeof value.customerId !== 'number' ||
    !Number.isSafeInteger(value.customerId) ||
    !isObject(consent)
  )
    return missing('consent');
  const id = integer(consent.id);
  if (id === null) return missing('consent.id');
  const status = consent.customerConsentStatus;
  if (status !== 'accepted' && status !== 'refused' && status !== 'unknown')
    return missing('consent.customerConsentStatus');
  const created = typeof consent.createdAt === 'string' ? statedTime(consent.createdAt) : null;
  const strange =
    consent.createdAt !== undefined && consent.createdAt !== null && typeof consent.createdAt !== 'string';
  if (created === 'invalid' || strange) return { word: 'rejected', reason: 'time.invalid', field: 'consent.createdAt' };
  return {
    word: 'read',
    notes: [],
    facts: [
      {
        type: 'consent',
        store: null,
        ownTime: created,
        subject: { profileId: value.customerId },
        basis: { id: basisId(id) },
        status,
        writtenReason: null,
        reset: false,
        proof: null,
      },
    ],
  };
}

function integer(value: Json | undefined): number | null {
  const number = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null;
}

function missing(field: string): Decoded {
  return { word: 'rejected', reason: 'wire.missing_field', field };
}
