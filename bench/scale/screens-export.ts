/** How the first slice of each file that people take away is asked; the rest of a file is more of the same. */
import { speak } from '#contract/messages/speak.ts';
import { defaultSettings } from '#domain/settings.ts';
import type { ExportTable } from '#views/export/cell.ts';
import { exportConsents } from '#views/export/consents.ts';
import { exportJournal } from '#views/export/journal.ts';
import { exportOrders } from '#views/export/orders.ts';
import { exportProfiles } from '#views/export/profiles.ts';
import { isSmall } from '#views/export/size.ts';
import type { ScreenCases } from './asking.ts';

const speech = { voice: speak('en'), settings: defaultSettings };
const few = 20_000;

export const exportScreens: ScreenCases = {
  'profiles.ts': {
    exportProfiles: [
      { what: 'first slice', ask: async ({ db, shop }) => first(await exportProfiles(db, shop, {}, speech)) },
      {
        what: 'of a basis, first slice',
        ask: async ({ db, shop }) => first(await exportProfiles(db, shop, { basis: 6, status: 'accepted' }, speech)),
      },
    ],
  },
  'orders.ts': {
    exportOrders: [
      { what: 'first slice', ask: async ({ db, shop }) => first(await exportOrders(db, shop, {}, 'full', speech)) },
      {
        what: 'of a state, as placed, first slice',
        ask: async ({ db, shop }) =>
          first(await exportOrders(db, shop, { state: 'paid', sort: 'placed' }, 'full', speech)),
      },
    ],
  },
  'consents.ts': {
    exportConsents: [
      { what: 'first slice', ask: ({ db, shop }) => first(exportConsents(db, shop, {}, speech)) },
      { what: 'of a basis, first slice', ask: ({ db, shop }) => first(exportConsents(db, shop, { basis: 6 }, speech)) },
    ],
  },
  'journal.ts': {
    exportJournal: [
      { what: 'first slice', ask: ({ db, keys, shop }) => first(exportJournal(db, keys, shop, {}, speech)) },
      {
        what: 'of an order, first slice',
        ask: ({ db, keys, shop, order }, n) => first(exportJournal(db, keys, shop, { subject: order(n).key }, speech)),
      },
    ],
  },
  'size.ts': {
    isSmall: [
      {
        what: 'is a file of orders small?',
        ask: ({ db, shop }) => isSmall(db, shop, { kind: 'orders', filter: {} }, 'UTC', few),
      },
    ],
  },
  'file.ts': { exportFile: 'puts the views beside it together' },
  'cell.ts': {
    cellsOf: 'puts rows into cells',
    paged: 'asks page after page',
    isList: 'reads a cell',
    timeCell: 'makes a cell',
  },
  'text-file.ts': {
    csvFile: 'writes what was read',
    ndjsonFile: 'writes what was read',
    plainText: 'writes a cell',
    decimal: 'writes an amount',
  },
  'workbook.ts': { workbookFile: 'writes what was read' },
};

async function first({ slices }: ExportTable): Promise<void> {
  for await (const _ of slices) return;
}
