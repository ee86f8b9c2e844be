import { describe, expect, it } from 'vitest';
import { defaultSettings } from './settings.ts';
import { changeSettings } from './settings-change.ts';

describe('a change of settings', () => {
  it('changes what it names, and counts one version on', () => {
    const email = { wording: 'Recevoir nos offres par e-mail', where: 'création de compte' };
    const after = changeSettings(defaultSettings, {
      validation: 'placed',
      uplift: { optinEmail: 1 },
      optinProof: { email },
    });
    expect(after).toEqual({
      ...defaultSettings,
      version: 2,
      validation: 'placed',
      uplift: { ...defaultSettings.uplift, optinEmail: 1 },
      optinProof: { email, sms: null },
    });
  });

  it('takes an opt-in into a consent only with what people read there (rules §5)', () => {
    const proof = { wording: 'Recevoir nos offres', where: 'création de compte' };
    expect(changeSettings(defaultSettings, { uplift: { optinEmail: 1 } })).toBe('settings.proof_missing');
    expect(changeSettings(defaultSettings, { uplift: { optinEmail: 1 }, optinProof: { sms: proof } })).toBe(
      'settings.proof_missing',
    );
    const proven = changeSettings(defaultSettings, { uplift: { optinEmail: 1 }, optinProof: { email: proof } });
    if (typeof proven === 'string') throw new Error('refused');
    expect(changeSettings(proven, { optinProof: { email: null } })).toBe('settings.proof_missing');
    expect(changeSettings(proven, { optinProof: { email: { ...proof, wording: ' ' } } })).toBe('settings.invalid');
    expect(changeSettings(proven, { uplift: { optinEmail: 6 }, optinProof: { email: null } })).toMatchObject({
      version: 3,
    });
    expect(changeSettings(proven, { validation: 'placed' })).toMatchObject({ optinProof: { email: proof } });
  });

  it.each([
    [{ uplift: { order: null } }],
    [{ uplift: { optinSms: 2, account: null }, optinProof: { sms: { wording: 'Par SMS', where: 'panier' } } }],
    [{ domains: ['shop.fr', 'localhost:8080'] }],
    [{ domains: [] }],
    [{ zone: 'America/New_York', currency: 'JPY', country: 'JP' }],
    [{ languages: ['de', 'fr'] }],
    [{ stateMaps: { server: { odd: { payment: 'paid', fulfilment: 'none', cancelled: false } } } }],
    [{ stores: ['one', 'two'] }],
    [
      {
        customFields: [
          { id: 327, name: 'Couleur', type: 'radio', question: null, options: ['Bleu', 'Vert'], active: true },
        ],
      },
    ],
    [{ customFields: [] }],
    [{ browserWrites: false }],
    [{ bases: defaultSettings.bases }],
    [{}],
  ])('%j may be', (change) => {
    expect(changeSettings(defaultSettings, change)).toBeTypeOf('object');
  });

  it.each([
    [{ uplift: { order: 1 } }],
    [{ uplift: { account: 2 } }],
    [{ uplift: { order: 99 } }],
    [{ uplift: { optinEmail: '6' } }],
    [{ uplift: { optinEmail: 1.5 } }],
    [{ uplift: { elsewhere: 4 } }],
    [{ validation: 'shipped' }],
    [{ domains: ['https://shop.fr'] }],
    [{ domains: ['Shop.fr'] }],
    [{ domains: 'shop.fr' }],
    [{ zone: 'Paris' }],
    [{ currency: 'eur' }],
    [{ country: 'FRA' }],
    [{ languages: [] }],
    [{ languages: ['de', 'de'] }],
    [{ languages: ['de-AT'] }],
    [{ stateMaps: { server: { odd: { payment: 'gold', fulfilment: 'none', cancelled: false } } } }],
    [{ customFields: [{ id: 0, name: 'Couleur', type: 'text', question: null, options: [], active: true }] }],
    [{ customFields: [{ id: 1, name: ' ', type: 'text', question: null, options: [], active: true }] }],
    [{ customFields: [{ id: 1, name: 'Couleur', type: 'radio', question: null, options: [], active: true }] }],
    [{ customFields: [{ id: 1, name: 'Couleur', type: 'text', question: null, options: ['Bleu'], active: true }] }],
    [
      {
        customFields: [1, 1].map((id) => ({
          id,
          name: 'Deux',
          type: 'text',
          question: null,
          options: [],
          active: true,
        })),
      },
    ],
    [{ stores: ['one', 'one'] }],
    [{ bases: [{ id: 1 }] }],
    [{ bases: [] }],
    [{ version: 9 }],
    [{ __proto__: null, constructor: 1 }],
    [[]],
    [null],
    ['paid'],
  ])('%j may not', (change) => {
    expect(changeSettings(defaultSettings, change)).toBe('settings.invalid');
  });

  it('takes no basis out of use that uplift goes to', () => {
    const bases = defaultSettings.bases.map((basis) => ({ ...basis, active: basis.id !== 4 }));
    expect(changeSettings(defaultSettings, { bases })).toBe('settings.invalid');
    expect(changeSettings(defaultSettings, { bases, uplift: { order: null } })).toBeTypeOf('object');
  });
});
