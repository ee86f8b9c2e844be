import { expect, test } from 'vitest';
import { changeBasis } from './basis-change.ts';
import { defaultSettings, type ShopSettings } from './settings.ts';

const shop = defaultSettings;

function made(change: object, settings: ShopSettings = shop): ShopSettings['bases'] {
  const after = changeBasis(settings, change);
  if (typeof after === 'string') throw new Error(after);
  return after;
}

const vip = { id: null, name: 'Ventes privées', ground: 'consent', purposes: ['marketing'], channels: ['email'] };

test('a new basis takes the next id, and its kind from its ground', () => {
  expect(made(vip).at(-1)).toMatchObject({
    id: 8,
    kind: 'consent',
    techName: 'basis8',
    wireType: 'Consent',
    active: true,
  });
  const legal = { ...vip, name: 'Avis', ground: 'legitimate-interest', purposes: ['service'] };
  expect(made(legal).at(-1)).toMatchObject({ kind: 'legal', wireType: 'Legal basis legitimate interest' });
});

test('the text counts a version on when it changes, and only then', () => {
  const texts = { fr: 'J’accepte.', en: 'I accept.' };
  const first = made({ id: 1, texts });
  expect(first[0]).toMatchObject({ texts, textVersion: 2 });
  const settings = { ...shop, bases: first };
  expect(made({ id: 1, texts: { en: 'I accept. ', fr: 'J’accepte.' } }, settings)[0]?.textVersion).toBe(2);
  expect(made({ id: 1, name: 'Lettre' }, settings)[0]).toMatchObject({ name: 'Lettre', textVersion: 2 });
  expect(made({ id: 1, texts: { fr: 'Oui.', en: ' ' } }, settings)[0]).toMatchObject({
    texts: { fr: 'Oui.' },
    textVersion: 3,
  });
});

test('a renamed default keeps its place on the wire', () => {
  expect(made({ id: 1, name: 'Lettre' })[0]).toMatchObject({ techName: 'NewsEmail', wireType: 'Default newsletter' });
});

test.each([
  ['settings.basis_unknown', { id: 99, name: 'x' }],
  ['settings.basis_incomplete', { id: 1, name: '  ' }],
  ['settings.basis_incomplete', { ...vip, channels: [] }],
  ['settings.basis_name_taken', { ...vip, name: 'COMMANDE' }],
  ['settings.basis_kind_fixed', { id: 1, ground: 'contract' }],
  ['settings.basis_kind_fixed', { id: 4, doubleOptIn: true }],
  ['settings.contract_is_service', { id: 4, purposes: ['service', 'marketing'] }],
  ['settings.phone_needs_consent', { id: 6, channels: ['email', 'phone'] }],
  ['settings.basis_in_use', { id: 4, active: false }],
  ['settings.invalid', { id: 1, kind: 'legal' }],
  ['settings.invalid', { id: 1, channels: ['email', 'email'] }],
  ['settings.invalid', { id: 1, channels: ['fax'] }],
  ['settings.invalid', { id: 1, texts: { french: 'x' } }],
  ['settings.invalid', { id: 1, expiry: { days: 0, prolongedBy: [] } }],
  ['settings.invalid', { id: 1, expiry: { days: 1.5, prolongedBy: [] } }],
  ['settings.invalid', { id: 1, expiry: { days: 10, prolongedBy: ['opening'] } }],
  ['settings.invalid', { name: 'no id' }],
  ['settings.invalid', null],
])('%s: %j', (reason, change) => {
  expect(changeBasis(shop, change)).toBe(reason);
});

test('a contract and a legitimate interest may change into each other; an archived one frees its name', () => {
  expect(made({ id: 5, ground: 'contract' })[4]).toMatchObject({
    ground: 'contract',
    wireType: 'Legal basis contract',
  });
  const archived = made({ id: 3, active: false });
  expect(made({ ...vip, name: shop.bases[2]?.name }, { ...shop, bases: archived })).toHaveLength(8);
});
