import { describe, expect, it } from 'vitest';
import { proposeColumns, type ShopNames } from './headers.ts';
import { looksLikeHeader, sniffDecimal, sniffEncoding, sniffSeparator } from './sniff.ts';

const shop: ShopNames = {
  bases: [
    { id: 3, name: 'Newsletter', techName: 'NewsEmail', wireType: 'Default newsletter' },
    { id: 1, name: 'Commande', techName: 'LegalBasisOrder', wireType: 'Legal basis contract' },
  ],
  customFields: [{ id: 327, name: 'Pointure' }],
};

describe('columns proposed from headers', () => {
  it("knows SPREAD's labels, and a basis' value and date", () => {
    expect(
      proposeColumns(
        'profiles',
        [
          'Nom',
          'Prénom',
          'Email',
          'ID Externe',
          'Anniversaire',
          'Genre',
          'Newsletter : valeur',
          'Newsletter : date',
          'Pointure',
          'Couleur',
        ],
        shop,
      ),
    ).toEqual([
      'name',
      'firstname',
      'email',
      'externalId',
      'birthday',
      'gender',
      'basis:3',
      'basisDate:3',
      'custom:327',
      null,
    ]);
  });

  it('reads a name alone as a whole one, beside a first name as the last', () => {
    expect(proposeColumns('profiles', ['Name', 'E-mail'], shop)).toEqual(['fullName', 'email']);
    expect(proposeColumns('profiles', ['Name', 'First name'], shop)).toEqual(['name', 'firstname']);
  });

  it('gives each column once', () => {
    expect(proposeColumns('orders', ['Référence', 'Order', 'Total', 'Montant'], shop)).toEqual([
      'number',
      'key',
      'total',
      null,
    ]);
  });

  it('a prototype key is no header', () => {
    expect(proposeColumns('orders', ['constructor', '__proto__', ''], shop)).toEqual([null, null, null]);
  });
});

it('what WooCommerce Analytics sold without taxes and shipping is no total', () => {
  // woocommerce/src/Admin/API/Reports/Orders/Controller.php, get_export_columns()
  const headers = ['Date', 'Order #', 'N. Revenue (formatted)', 'Status', 'Net Sales'];
  expect(proposeColumns('orders', headers, shop)).toEqual(['placedAt', 'key', null, 'state', null]);
});

describe('how a file is written', () => {
  it.each([
    ['utf-8', [0xc3, 0xa9]],
    ['windows-1252', [0xe9]],
    ['macintosh', [0x8e]],
    ['utf-16le', [0xff, 0xfe, 0xe9, 0]],
    ['utf-16be', [0xfe, 0xff, 0, 0xe9]],
    ['utf-16le', [0x61, 0, 0x62, 0, 0x63, 0, 0x64, 0]],
  ] as const)('%s', (encoding, bytes) => {
    expect(sniffEncoding(Uint8Array.from(bytes), false)).toBe(encoding);
  });

  it('half a character at the end of a sample is still UTF-8', () => {
    expect(sniffEncoding(Uint8Array.from([0x61, 0xc3]), true)).toBe('utf-8');
    expect(sniffEncoding(Uint8Array.from([0x61, 0xc3]), false)).toBe('windows-1252');
  });

  it.each([
    ['a;b;c\n1,5;2;3\n', ';'],
    ['a,b,c\n"1;2",2,3\n', ','],
    ['a\tb\nx, y\tz\n', '\t'],
    ['a|b\n1|2', '|'],
    ['email\nanna@example.test\n', ';'],
    ['n,t\n"two\nlines, here",1\n', ','],
  ])('%j is separated by %j', (text, separator) => {
    expect(sniffSeparator(text)).toBe(separator);
  });

  it('a row with values is no header', () => {
    expect(looksLikeHeader(['Email', 'Nom'])).toBe(true);
    expect(looksLikeHeader(['anna@example.test', 'Petit'])).toBe(false);
    expect(looksLikeHeader(['A1', '12,50 €'])).toBe(false);
  });

  it('the mark before the cents', () => {
    expect(sniffDecimal(['1.234,50', '12,00'])).toBe('comma');
    expect(sniffDecimal(['1,234.50', '12'])).toBe('point');
    expect(sniffDecimal(['1234'])).toBeNull();
  });
});
