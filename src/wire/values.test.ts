import { expect, test } from 'vitest';
import { flag, gender } from './values.ts';

/** As PrestaShop, Magento and WooCommerce shops of these countries name them. */
const labels = {
  male: [
    'M',
    'M.',
    'm',
    'Mr',
    'Mr.',
    'Monsieur',
    'Herr',
    'Sr',
    'Sr.',
    'Señor',
    'Sig.',
    'Signor',
    'Dhr.',
    'male',
    'Homme',
    'H',
    '1',
  ],
  female: [
    ...['Mme', 'Mme.', 'Mlle', 'Madame', 'Mrs', 'Mrs.', 'Ms', 'Miss', 'Frau', 'Sra', 'Sra.', 'Srta.', 'Señora'],
    ...['Sig.ra', 'Signora', 'Mevr.', 'Mw.', 'female', 'Femme', 'F', '2'],
  ],
} as const;

test.each(Object.entries(labels))('labels of %s people in several languages', (meaning, texts) => {
  expect(texts.map((text) => [text, gender(text)])).toEqual(texts.map((text) => [text, meaning]));
});

test('what says nothing of it is none', () => {
  for (const text of ['', '0', '3', '9', 'Dr', 'Neutre', 'autre', '-', 'constructor']) expect(gender(text)).toBeNull();
});

test.each([
  ['1', 1],
  ['0', 0],
  ['true', 1],
  [' FALSE ', 0],
  ['on', 1],
  ['-1', null],
  ['', null],
  ['2', null],
  ['yes', null],
  [null, null],
])('a flag of %j is %j', (said, value) => {
  expect(flag(said)).toBe(value);
});
