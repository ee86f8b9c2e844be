import { expect, test } from 'vitest';
import { isStoresAlone, type Spoken } from './erasure.ts';

const said = (source: string, outcome = 'applied', after = false): Spoken => ({ source, outcome, after });

test.each<[string, readonly Spoken[], boolean]>([
  [
    'the store itself, its history and the pages of the shop',
    [said('store:shopify'), said('pull:shopify'), said('browser')],
    true,
  ],
  ['nobody the journal still tells of', [], true],
  ['what runs by itself', [said('store:shopify'), said('system')], true],
  ['the shop’s own server', [said('store:shopify'), said('server')], false],
  ['a call with the private key', [said('api')], false],
  ['another store', [said('store:shopify'), said('store:woocommerce')], false],
  ['an import', [said('import:6f1d')], false],
  ['somebody of the team', [said('staff:u1')], false],
  ['the person', [said('person')], false],
  ['a server that was not believed', [said('server', 'rejected'), said('api', 'ignored')], true],
  ['the store after it was connected again', [said('store:shopify', 'applied', true)], false],
])('spoken of by %s', (_who, spoken, alone) => {
  expect(isStoresAlone('shopify', spoken)).toBe(alone);
});
