/** Header rows of the exports merchants bring (fixtures/, each with its source): every one is understood without a hand on the mouse. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defaultSettings } from '#domain/settings.ts';
import { importKinds } from './columns.ts';
import { proposeColumns } from './headers.ts';
import { plainRules } from './line.ts';
import { readSetup } from './setup.ts';

const folder = join(import.meta.dirname, 'fixtures');
const platforms = ['woocommerce', 'prestashop', 'shopify', 'magento', 'brevo', 'mailchimp', 'klaviyo', 'spread'];
const files = readdirSync(folder).map((file): [string, string] => [
  file.replace('.txt', ''),
  readFileSync(join(folder, file), 'utf8'),
]);

it('has two spellings of each platform at least', () => {
  expect(files.map(([name]) => name).sort()).toEqual([...platforms].sort());
  for (const [name, text] of files) expect([name, text.split('\n\n').length >= 2]).toEqual([name, true]);
});

describe.each(files)('%s', (_platform, text) => {
  it.each(
    text
      .trim()
      .split('\n\n')
      .map((block) => block.split('\n')),
  )('%s', (title, source, header = '', wanted = '') => {
    const kind = importKinds.find((known) => known === title?.split(' · ')[0]);
    if (kind === undefined || !source?.startsWith('source: '))
      throw new Error('a fixture begins with its kind and its source');
    const headers = header.split(header.includes(';') ? ';' : ',');
    const columns = proposeColumns(kind, headers, defaultSettings);
    const pairs = (found: readonly (string | null)[]) => headers.map((one, place) => `${one} → ${found[place] ?? '-'}`);
    expect(pairs(columns)).toEqual(pairs(wanted.split(' ')));
    expect(readSetup(kind, { columns: [...columns], rules: { ...plainRules } } as never)).toMatchObject({ columns });
  });
});
