import { afterAll, expect, test } from 'vitest';
import { endProcesses } from './harness.ts';
import { historyUnderKill } from './history-kill.ts';
import { prestaShopWith, shopifyWith, wooCommerceWith } from './history-stores.ts';

afterAll(endProcesses);

const orders = 50_000;

test.each([
  ['WooCommerce', wooCommerceWith],
  ['PrestaShop', prestaShopWith],
  ['Shopify', shopifyWith],
])(
  '50,000 orders of %s under three kills, pauses and pages of maintenance',
  { timeout: 3_600_000 },
  async (_name, open) => {
    const store = open(orders);
    const read = await historyUnderKill(store, { kills: 3, limitEach: 41, maintenanceAt: [30, 160] });
    expect(read).toMatchObject({ killed: 3, orders, twice: 0, refusedRows: store.broken });
    // every amount as the store said it
    const total = Array.from({ length: orders }, (_, place) => 1050 + (place % 90) * 100).reduce(
      (sum, one) => sum + one,
      0,
    );
    expect(read.minor).toBe(total);
    const { created, updated, unchanged, refused } = read.shown.counts;
    expect({ ...read.shown, read: created + updated + unchanged + refused, refused }).toMatchObject({
      state: 'done',
      lines: store.objects,
      read: store.objects,
      refused: store.broken,
    });
  },
);
