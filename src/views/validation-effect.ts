import type { Kysely } from 'kysely';
import type { ValidationEffect } from '#contract/installation.ts';
import type { Payment } from '#domain/facts.ts';
import type { ShopId } from '#domain/ids.ts';
import type { Validation } from '#domain/settings.ts';
import { validity } from '#domain/validation.ts';
import type { Database } from '#store/tables.ts';

/** Orders looked at in one answer: few enough to be quick, whatever the shop has. */
const slice = 5_000;
const sampleSize = 10;

/** What another setting would do to the orders after `after`, a slice at a time (primary key); the rule itself decides. */
export async function findValidationEffect(
  db: Kysely<Database>,
  shop: ShopId,
  to: Validation,
  after: number,
  limit = slice,
): Promise<ValidationEffect> {
  const rows = await db
    .selectFrom('orders')
    .select(['id', 'key', 'number', 'placed_at', 'currency', 'total_minor', 'net_minor', 'refunded_minor'])
    .select(['payment', 'cancelled', 'validated'])
    .where('shop_id', '=', shop)
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  let gained = 0;
  let lost = 0;
  const turnover = new Map<string, { gainedMinor: number; lostMinor: number }>();
  const sample: ValidationEffect['sample'] = [];
  for (const row of rows) {
    const fullyRefunded = row.total_minor > 0 && row.refunded_minor >= row.total_minor;
    const state = { payment: row.payment as Payment, fulfilment: 'none', cancelled: row.cancelled } as const;
    const { validated } = validity(state, fullyRefunded, row.placed_at.getTime(), null, to);
    if (validated === row.validated) continue;
    if (validated) gained += 1;
    else lost += 1;
    const sum = turnover.get(row.currency) ?? { gainedMinor: 0, lostMinor: 0 };
    if (validated) sum.gainedMinor += row.net_minor;
    else sum.lostMinor += row.net_minor;
    turnover.set(row.currency, sum);
    if (sample.length < sampleSize) {
      const { id, currency } = row;
      sample.push({
        id,
        key: row.number ?? row.key,
        placedAt: row.placed_at.getTime(),
        totalMinor: row.total_minor,
        currency,
        becomes: validated,
      });
    }
  }
  return {
    looked: rows.length,
    gained,
    lost,
    turnover: [...turnover].map(([currency, sums]) => ({ currency, ...sums })),
    sample,
    next: rows.length < limit ? null : (rows.at(-1)?.id ?? null),
  };
}
