/** E-commerce events that the page already pushes for Google (GA4, and the older enhanced e-commerce), as ours. */
import type { SpreadCustomer, SpreadItem } from './api.ts';
import { watchLayer } from './layer.ts';
import { attempt } from './page.ts';

type Bag = Record<string, unknown>;

const names: Record<string, string> = {
  'gtm4wp.orderCompletedEEC': 'purchase',
  GA4_purchase: 'purchase',
  'gtm4wp.addProductToCartEEC': 'add_to_cart',
  'gtm4wp.removeFromCartEEC': 'remove_from_cart',
};
/** The cart of this page's visitor as far as its own events tell; `begin_checkout` and `view_cart` state it whole. */
let cart: SpreadItem[] = [];

watchLayer((entry) => {
  const called = entry[0] === 'event';
  const said = String(called ? entry[1] : entry.event || '');
  const all = bag(called ? entry[2] : entry);
  const shop = bag(called ? all : all.ecommerce);
  const what = names[said] || said;
  const user = bag(all.user_data || bag(all.eventModel).user_data);
  const customer = personOf(user, all.user_id);
  if (customer) window.spread('identify', customer);
  const items = itemsOf(shop.items || bag(shop.add).products || bag(shop.remove).products);
  if (what === 'purchase' || shop.purchase) order(shop.purchase ? enhanced(bag(shop.purchase)) : shop, shop);
  else if (what === 'refund') refund(shop.refund ? enhanced(bag(shop.refund)) : shop);
  else if (what === 'sign_up' && customer) window.spread('signup', { customer });
  else if (what === 'view_item') window.spread('product', items[0]);
  else if (what === 'add_to_cart') change(items, 1, shop);
  else if (what === 'remove_from_cart') change(items, -1, shop);
  else if (what === 'begin_checkout' || what === 'view_cart') {
    cart = items;
    tellCart(shop);
  }
});

function order(from: Bag, shop: Bag): void {
  const key = text(from.transaction_id);
  if (!key || seen(key)) return;
  const items = itemsOf(from.items);
  const value = number(from.value);
  const sum = items.reduce((total, { price, quantity }) => total + number(price) * number(quantity), 0);
  // Google asks for the items' value without tax and shipping; many shops give the grand total.
  const extra = Math.abs(value - sum) < 0.01 ? number(from.tax) + number(from.shipping) : 0;
  const total = from.value === undefined ? undefined : Math.round((value + extra) * 100) / 100;
  cart = [];
  window.spread('order', { key, total, currency: text(from.currency || shop.currencyCode), items });
}

function refund(from: Bag): void {
  const key = text(from.transaction_id);
  if (!key) return;
  const refunded = from.value === undefined ? undefined : number(from.value);
  const whole = refunded === undefined && !itemsOf(from.items).length;
  window.spread('order', { key, update: true, refunded, ...(whole ? { state: 'cancelled' } : {}) });
}

function change(items: readonly SpreadItem[], sign: 1 | -1, shop: Bag): void {
  for (const item of items) {
    const quantity = number(item.quantity) * sign;
    const known = cart.find(({ key }) => key === item.key);
    if (known) known.quantity = number(known.quantity) + quantity;
    else cart.push({ ...item, quantity });
  }
  cart = cart.filter(({ quantity }) => number(quantity) > 0);
  tellCart(shop);
}

function tellCart(shop: Bag): void {
  const total = cart.reduce((sum, { price, quantity }) => sum + number(price) * number(quantity), 0);
  window.spread('cart', {
    total: Math.round(total * 100) / 100,
    currency: text(shop.currency || shop.currencyCode),
    items: cart.map((item) => ({ ...item })),
  });
}

function itemsOf(list: unknown): SpreadItem[] {
  return (Array.isArray(list) ? list : []).slice(0, 200).map((entry: unknown) => {
    const item = bag(entry);
    return {
      key: text(item.item_id || item.id),
      name: text(item.item_name || item.name),
      price: number(item.price),
      quantity: item.quantity === undefined ? 1 : number(item.quantity),
    };
  });
}

/** Google's hashed values name nobody here; plain ones do. */
function personOf(user: Bag, id: unknown): SpreadCustomer | null {
  const address = bag(Array.isArray(user.address) ? user.address[0] : user.address);
  const customer: SpreadCustomer = {
    email: text(user.email || user.email_address),
    externalId: text(id),
    mobile: text(user.phone_number),
    firstname: text(address.first_name),
    name: text(address.last_name),
    city: text(address.city),
    zip: text(address.postal_code),
    country: text(address.country),
  };
  return customer.email || customer.externalId ? customer : null;
}

function enhanced(from: Bag): Bag {
  const field = bag(from.actionField);
  return { transaction_id: field.id, value: field.revenue, tax: 0, shipping: 0, items: from.products };
}

/** Confirmation pages are loaded again: once a browser session. */
function seen(key: string): boolean {
  const mark = `spread.order.${key}`;
  if (attempt(() => sessionStorage.getItem(mark))) return true;
  attempt(() => sessionStorage.setItem(mark, '1'));
  return false;
}

function bag(value: unknown): Bag {
  return typeof value === 'object' && value ? (value as Bag) : {};
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) || undefined : undefined;
}

function number(value: unknown): number {
  return Number(String(value || 0).replace(',', '.')) || 0;
}
