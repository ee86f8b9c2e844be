/** Orders for those who do the accounts: no name, no address, e-mails masked. */
import { maskEmail } from '#contract/mask.ts';
import type { OrderPage, OrderRow } from '#contract/orders.ts';
import { may, type Role } from '#contract/permissions.ts';

export function orderRowFor(role: Role, row: OrderRow): OrderRow {
  if (may(role, 'profiles.see')) return row;
  return { ...row, email: row.email === null ? null : maskEmail(row.email), profileId: null };
}

/** Attributes and tags are the shop's own words, a cart may be named by its visitor: a name or an address may stand in them. */
export function orderPageFor(role: Role, page: OrderPage): OrderPage {
  if (may(role, 'profiles.see')) return page;
  return {
    ...page,
    order: orderRowFor(role, page.order),
    contactEmail: page.contactEmail === null ? null : maskEmail(page.contactEmail),
    attributes: [],
    tags: [],
    carts: [],
  };
}
