/** The proof a machine reads holds to the schema that is kept in the repository. */
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { beforeAll, expect, test } from 'vitest';
import { toConsentRecord } from './consent-record.ts';
import type { Proof, ProofChange } from './proof.ts';

let check: (record: unknown) => boolean;

beforeAll(async () => {
  const schema = await readFile(new URL('../../docs/consent-record.schema.json', import.meta.url), 'utf8');
  check = new Ajv({ strict: true }).compile(JSON.parse(schema));
});

const at = Date.parse('2026-03-01T09:30:00Z');
const change: ProofChange = {
  seq: '1024',
  n: 0,
  from: 'unknown',
  to: 'accepted',
  cause: 'act',
  source: 'browser',
  by: null,
  at,
  arrivedAt: at + 1000,
  settingsVersion: 3,
  channels: ['email'],
  name: 'Lettre',
  ground: 'consent',
  purposes: ['marketing'],
  textVersion: 2,
  texts: { fr: 'J’accepte la lettre.' },
  evidence: { page: 'https://shop.example/thanks', ip: '203.0.113.0/24', agent: 'Mozilla/5.0' },
  evidenceErasedAt: null,
  chainN: 7,
  chainHash: 'ab'.repeat(32),
  check: 'standing',
};
const proof: Proof = {
  zone: 'Europe/Paris',
  shop: { id: 1, name: 'Maison' },
  profile: { id: 9, email: 'lea@example.test', subjectKey: '6f1c7c1e-6c1f-4f6f-9a0e-2b7b1d3e5a10' },
  basis: {
    id: 1,
    kind: 'consent',
    name: 'Lettre',
    description: 'Nos nouveautés',
    ground: 'consent',
    purposes: ['marketing'],
    channels: ['email', 'sms'],
  },
  status: 'accepted',
  since: at,
  more: false,
  changes: [change],
};

test('a given consent', () => {
  const record = toConsentRecord(proof, at);
  expect(check(record)).toBe(true);
  expect(record).toMatchObject({
    'dct:conformsTo': 'ISO/IEC TS 27560:2023',
    'dpv:hasDataSubject': 'urn:uuid:6f1c7c1e-6c1f-4f6f-9a0e-2b7b1d3e5a10',
    'dpv:hasProcess': [{ 'dpv:hasLegalBasis': 'eu-gdpr:A6-1-a', 'dpv:hasPurpose': ['dpv:DirectMarketing'] }],
    'dpv:hasConsentStatus': [
      {
        '@type': 'dpv:ConsentGiven',
        'dpv:isIndicatedAtTime': '2026-03-01T09:30:00.000Z',
        'dpv:isIndicatedBy': 'dpv:DataSubject',
        'dct:provenance': { truncatedAddress: '203.0.113.0/24', agent: 'Mozilla/5.0' },
      },
    ],
  });
  expect(JSON.stringify(record)).not.toContain('lea@');
});

test.each([
  ['accepted', 'refused', 'person', 'dpv:ConsentWithdrawn', 'dpv:DataSubject'],
  ['unknown', 'refused', 'staff', 'dpv:ConsentRefused', 'dpv:DataController'],
  ['accepted', 'unknown', 'expiry', 'dpv:ConsentExpired', 'dpv:DataController'],
  ['refused', 'unknown', 'import', 'dpv:ConsentUnknown', 'dpv:DataController'],
  ['unknown', 'to confirm', 'act', 'dpv:ConsentRequested', 'dpv:DataSubject'],
] as const)('%s → %s by %s', (from, to, cause, term, by) => {
  const bare = { evidence: null, chainN: null, chainHash: null, textVersion: null, texts: {} };
  const record = toConsentRecord({ ...proof, changes: [{ ...change, ...bare, from, to, cause }] }, at);
  expect(check(record)).toBe(true);
  expect(record['dpv:hasConsentStatus'][0]).toMatchObject({ '@type': term, 'dpv:isIndicatedBy': by });
});

test('a legal basis is a processing record; what is no record is refused', () => {
  const legal = { ...proof, basis: { ...proof.basis, kind: 'legal', ground: 'contract' } } as const;
  const record = toConsentRecord(legal, at);
  expect([check(record), record['@type']]).toEqual([true, ['dpv:DataProcessingRecord']]);
  expect(check({ ...record, email: 'lea@example.test' })).toBe(false);
  expect(check({ ...record, 'dct:created': 'yesterday' })).toBe(false);
});
