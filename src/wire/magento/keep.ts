/** What is kept of Magento's objects: never `password_hash`, `protect_code`, confirmation codes or cards. */
import { isObject, type Json } from '../json.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';

const address: Shape = fields('company street city postcode country_id telephone', { street: ['text'] });
const rows: Shape = [
  fields(
    'product_id parent_item_id sku name qty qty_ordered price price_incl_tax row_total row_total_incl_tax product_type',
  ),
];
const order = fields(
  'entity_id increment_id order_id state status created_at updated_at customer_id customer_email customer_firstname customer_lastname customer_is_guest grand_total base_grand_total total_paid total_due total_refunded order_currency_code base_currency_code quote_id',
  { billing_address: address, items: rows },
);
const quote = fields(
  'entity_id id created_at updated_at is_active items_count customer_id customer_email customer_firstname customer_lastname quote_currency_code grand_total reserved_order_id',
  { items: rows },
);
const customer = fields('entity_id id email firstname lastname dob gender created_at updated_at', {
  extension_attributes: fields('is_subscribed'),
  addresses: [address],
});
const subscriber = fields('subscriber_status subscriber_email customer_id');
const event: { readonly [name: string]: Shape } = {
  ...order,
  order,
  quote: fields('entity_id'),
  payment: fields('parent_id amount_paid amount_ordered'),
  invoice: fields('order_id order_currency_code'),
  items: [order],
};

export function keepMagento(topic: string, body: Json): Json {
  if (topic === 'consent.set') return keep(body, fields('channel value email phone customer_id at form page'));
  const said = isObject(body) ? body : {};
  if (topic.includes('newsletter_subscriber'))
    return keep({ subscriber: said.subscriber ?? said.data_object ?? null }, { subscriber });
  if (topic === 'cart.upsert' || topic.includes('sales_quote'))
    return keep(said.quote ?? said.data_object ?? body, quote);
  if (topic === 'customer.upsert' || topic.includes('customer_'))
    return keep(said.customer ?? said.data_object ?? body, customer);
  if (topic !== 'order.upsert' && !/sales_order|checkout_submit/.test(topic)) return null;
  const orders = Array.isArray(said.items) && said.increment_id === undefined && said.order === undefined;
  return orders ? keep(body, event) : keep(body, { ...event, items: rows });
}
