import { afterAll, expect, test } from 'vitest';
import { endProcesses } from './harness.ts';
import { historyUnderKill } from './history-kill.ts';
import { prestaShopWith, shopifyWith, wooCommerceWith } from './history-stores.ts';

afterAll(endProcesses);

const orders = 600;

test.each([
  ['WooCommerce', wooCommerceWith],
  ['PrestaShop', prestaShopWith],
  ['Shopify', shopifyWith],
])(
  'the history of a store of %s, its reader killed in the middle, ends with every order once and a report that agrees',
  {
    timeout: 300_000,
  },
  async (_name, open) => {
    const store = open(orders);
    const read = await historyUnderKill(store, { kills: 'middle', limitEach: 9, maintenanceAt: [] });
    expect(read).toMatchObject({ killed: 1, orders, twice: 0, refusedRows: store.broken });
    const { created, updated, unchanged, refused } = read.shown.counts;
    expect({ ...read.shown, read: created + updated + unchanged + refused, refused }).toMatchObject({
      state: 'done',
      lines: store.objects,
      read: store.objects,
      refused: store.broken,
    });
  },
);
