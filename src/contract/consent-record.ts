/**
 * The proof as a machine reads it: a JSON-LD record with the terms of the W3C Data Privacy Vocabulary, in the structure of its
 * guide for ISO/IEC TS 27560. The schema is kept as docs/consent-record.schema.json.
 */
import { type Static, Type } from '@sinclair/typebox';
import type { Proof, ProofChange } from './proof.ts';

const closed = { additionalProperties: false } as const;
const Time = Type.String({ pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' });
const Ref = Type.String({ pattern: '^(dpv|eu-gdpr|urn):[A-Za-z0-9:._-]+$' });

const context = {
  dpv: 'https://w3id.org/dpv#',
  'eu-gdpr': 'https://w3id.org/dpv/legal/eu/gdpr#',
  dct: 'http://purl.org/dc/terms/',
} as const;

const Notice = Type.Object(
  {
    '@type': Type.Literal('dpv:Notice'),
    'dct:hasVersion': Type.String(),
    'dct:description': Type.Array(
      Type.Object({ '@language': Type.String({ pattern: '^[a-z]{2}$' }), '@value': Type.String() }, closed),
    ),
  },
  closed,
);

const Status = Type.Object(
  {
    '@type': Ref,
    'dpv:isIndicatedAtTime': Time,
    'dpv:isIndicatedBy': Ref,
    'dpv:hasIndicationMethod': Type.String(),
    'dct:dateSubmitted': Time,
    'dpv:hasNotice': Notice,
    'dct:provenance': Type.Optional(
      Type.Object(
        {
          page: Type.Optional(Type.String()),
          form: Type.Optional(Type.String()),
          wording: Type.Optional(Type.String()),
          language: Type.Optional(Type.String()),
          truncatedAddress: Type.Optional(Type.String()),
          agent: Type.Optional(Type.String()),
          reason: Type.Optional(Type.String()),
        },
        closed,
      ),
    ),
    'dct:identifier': Type.String(),
    'dpv:hasIntegrity': Type.Object(
      { chainPosition: Type.Union([Type.Integer(), Type.Null()]), sha256: Type.Union([Type.String(), Type.Null()]) },
      closed,
    ),
  },
  closed,
);

export const ConsentRecord = Type.Object(
  {
    '@context': Type.Object(
      {
        dpv: Type.Literal(context.dpv),
        'eu-gdpr': Type.Literal(context['eu-gdpr']),
        dct: Type.Literal(context.dct),
      },
      closed,
    ),
    '@id': Ref,
    '@type': Type.Array(Ref, { minItems: 1 }),
    'dct:conformsTo': Type.Literal('ISO/IEC TS 27560:2023'),
    'dct:identifier': Type.String(),
    'dct:created': Time,
    'dpv:hasDataSubject': Ref,
    'dpv:hasDataController': Type.Object(
      { '@type': Type.Literal('dpv:DataController'), 'dct:title': Type.String({ minLength: 1 }) },
      closed,
    ),
    'dpv:hasProcess': Type.Array(
      Type.Object(
        {
          '@type': Type.Literal('dpv:Process'),
          'dct:title': Type.String({ minLength: 1 }),
          'dct:description': Type.String(),
          'dpv:hasPurpose': Type.Array(Ref, { minItems: 1 }),
          'dpv:hasLegalBasis': Ref,
          'dpv:hasPersonalData': Type.Array(Ref, { minItems: 1 }),
          'dpv:hasProcessing': Type.Array(Ref, { minItems: 1 }),
        },
        closed,
      ),
      { minItems: 1 },
    ),
    /** Newest first: the first one stands. */
    'dpv:hasConsentStatus': Type.Array(Status),
  },
  { ...closed, $id: 'urn:spread-tracker:consent-record', $schema: 'http://json-schema.org/draft-07/schema#' },
);
export type ConsentRecord = Static<typeof ConsentRecord>;

const grounds = { consent: 'eu-gdpr:A6-1-a', contract: 'eu-gdpr:A6-1-b', 'legitimate-interest': 'eu-gdpr:A6-1-f' };
const purposes = { service: 'dpv:ServiceProvision', marketing: 'dpv:DirectMarketing' };
const channels = {
  email: 'dpv:EmailAddress',
  sms: 'dpv:TelephoneNumber',
  phone: 'dpv:TelephoneNumber',
  post: 'dpv:PhysicalAddress',
};
const ways = {
  email: 'dpv:EmailContact',
  sms: 'dpv:SMSContact',
  phone: 'dpv:TelephoneContact',
  post: 'dpv:PostalContact',
};

export function toConsentRecord(proof: Proof, now: number): ConsentRecord {
  const { shop, profile, basis } = proof;
  return {
    '@context': { ...context },
    '@id': `urn:spread-tracker:record:${shop.id}:${profile.subjectKey}:${basis.id}`,
    '@type': [basis.kind === 'consent' ? 'dpv:ConsentRecord' : 'dpv:DataProcessingRecord'],
    'dct:conformsTo': 'ISO/IEC TS 27560:2023',
    'dct:identifier': `${shop.id}:${profile.subjectKey}:${basis.id}`,
    'dct:created': timeOf(now),
    'dpv:hasDataSubject': `urn:uuid:${profile.subjectKey}`,
    'dpv:hasDataController': { '@type': 'dpv:DataController', 'dct:title': shop.name },
    'dpv:hasProcess': [
      {
        '@type': 'dpv:Process',
        'dct:title': basis.name,
        'dct:description': basis.description,
        'dpv:hasPurpose': basis.purposes.map((one) => purposes[one]),
        'dpv:hasLegalBasis': grounds[basis.ground],
        'dpv:hasPersonalData': [...new Set(basis.channels.map((one) => channels[one]))],
        'dpv:hasProcessing': basis.channels.map((one) => ways[one]),
      },
    ],
    'dpv:hasConsentStatus': proof.changes.map((change) => statusOf(change)),
  };
}

function statusOf(change: ProofChange): ConsentRecord['dpv:hasConsentStatus'][number] {
  const { ip, ...evidence } = change.evidence ?? {};
  return {
    '@type': statusTerm(change),
    'dpv:isIndicatedAtTime': timeOf(change.at),
    'dpv:isIndicatedBy': indicatedBy(change.cause),
    'dpv:hasIndicationMethod': `${change.cause} (${change.source.split(':')[0]})`,
    'dct:dateSubmitted': timeOf(change.arrivedAt),
    'dpv:hasNotice': {
      '@type': 'dpv:Notice',
      'dct:hasVersion': String(change.textVersion ?? ''),
      'dct:description': Object.entries(change.texts).map(([language, text]) => ({
        '@language': language,
        '@value': text,
      })),
    },
    ...(change.evidence === null
      ? {}
      : { 'dct:provenance': { ...evidence, ...(ip === undefined ? {} : { truncatedAddress: ip }) } }),
    'dct:identifier': `${change.seq}:${change.n}`,
    'dpv:hasIntegrity': { chainPosition: change.chainN, sha256: change.chainHash },
  };
}

function statusTerm({ from, to, cause }: ProofChange): string {
  if (to === 'accepted') return 'dpv:ConsentGiven';
  if (to === 'to confirm') return 'dpv:ConsentRequested';
  if (to === 'refused') return from === 'accepted' ? 'dpv:ConsentWithdrawn' : 'dpv:ConsentRefused';
  return cause === 'expiry' ? 'dpv:ConsentExpired' : 'dpv:ConsentUnknown';
}

function indicatedBy(cause: string): string {
  return cause === 'person' || cause === 'act' || cause === 'same address' ? 'dpv:DataSubject' : 'dpv:DataController';
}

function timeOf(at: number): string {
  return new Date(at).toISOString();
}
