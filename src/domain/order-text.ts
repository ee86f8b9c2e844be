/**
 * Texts of an order that are simply the word of whoever outranks the others, the newest first (rules §3.3). The rooms take them from
 * this list: CONTRIBUTING shows how one is added.
 */

export const orderTexts = ['invoiceNumber', 'serviceStart', 'serviceEnd'] as const;
export type OrderText = (typeof orderTexts)[number];
export type OrderTexts = { readonly [Text in OrderText]: string | null };

/** Of these, days: `YYYY-MM-DD`. */
const days: readonly OrderText[] = ['serviceStart', 'serviceEnd'];

export function isDayText(name: OrderText): boolean {
  return days.includes(name);
}

/** One value for each text. */
export function eachOrderText<Value>(value: (name: OrderText) => Value): { readonly [Text in OrderText]: Value } {
  const values: { [Text in OrderText]?: Value } = {};
  for (const name of orderTexts) values[name] = value(name);
  return values as { [Text in OrderText]: Value };
}
