/** What is kept of WooCommerce's objects: never `order_key`, `payment_url`, hashes, or meta fields nobody asked for. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';

const address = fields('first_name last_name company address_1 address_2 city state postcode country email phone');
const dates = 'date_created date_created_gmt date_modified date_modified_gmt';

const order: Shape = fields(
  `id number status currency total total_tax shipping_total discount_total customer_id created_via payment_method prices_include_tax
   date_paid date_paid_gmt date_completed date_completed_gmt cart_key ${dates}`.replace(/\s+/g, ' '),
  {
    billing: address,
    line_items: [fields('product_id variation_id name sku quantity subtotal total total_tax')],
    refunds: [fields('id reason total')],
    coupon_lines: [fields('code')],
    meta_data: [fields('key value')],
  },
);
const customer: Shape = fields(`id email first_name last_name role is_paying_customer ${dates}`, {
  billing: address,
  meta_data: [fields('key value')],
});
const links: Shape = { self: [fields('href')], up: [fields('href')] };
const refund: Shape = fields(`id order_id parent_id amount currency reason ${dates}`, { _links: links });
const cart: Shape = fields('key customer_id email phone first_name last_name currency total updated_at_gmt emptied', {
  items: [fields('product_id variation_id sku name quantity line_total line_tax')],
});
const consent: Shape = fields('channel value email phone customer_id at form page');

/** Meta fields that say something we know; every other is dropped. */
export const knownMeta: readonly string[] = [
  '_tracker_email_optin',
  '_tracker_sms_optin',
  '_tracker_optin_at',
  'mailchimp_woocommerce_is_subscribed',
  'mailchimp_woocommerce_sms_subscribed',
];

/** null: a topic nothing is kept of. */
export function keepWooCommerce(topic: string, body: Json): Json {
  const shape = shapeOf(topic);
  if (shape === null) return null;
  return withoutMeta(keep(body, shape));
}

function shapeOf(topic: string): Shape | null {
  if (topic.endsWith('.deleted')) return fields('id');
  if (topic.startsWith('order.')) return order;
  if (topic.startsWith('customer.')) return customer;
  if (topic === 'refund.upsert') return refund;
  if (topic === 'cart.upsert') return cart;
  return topic === 'consent.set' ? consent : null;
}

function withoutMeta(value: Json): Json {
  if (!isObject(value) || !Array.isArray(value.meta_data)) return value;
  const known = value.meta_data.filter(
    (meta: Json): meta is JsonObject => isObject(meta) && knownMeta.some((name) => name === meta.key),
  );
  return { ...value, meta_data: known };
}
