/** What is kept of Shopify's objects: never addresses that open an order or a checkout, cards, receipts, or notes. */
import { isObject, type Json, type JsonObject } from '../json.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';
import { graphqlCustomer, graphqlOrder } from './graphql.ts';

const address = fields('first_name last_name name company address1 address2 city zip country country_code phone');
const money: Shape = { shop_money: fields('amount currency_code currency') };
const consent = fields('state opt_in_level consent_updated_at consent_collected_from');
const marketing = { email_marketing_consent: consent, sms_marketing_consent: consent };

const customer = fields(
  'id admin_graphql_api_id email phone first_name last_name created_at updated_at accepts_marketing accepts_marketing_updated_at verified_email state',
  { ...marketing, default_address: address },
);
const line = fields('id product_id variant_id sku title name quantity price total_discount admin_graphql_api_id', {
  tax_lines: [fields('price')],
  discount_allocations: [fields('amount')],
  price_set: money,
});
const transaction = fields(
  'id order_id admin_graphql_api_id kind status amount currency created_at processed_at payment_id test gateway',
);
const refund: Shape = fields('id order_id admin_graphql_api_id created_at processed_at', {
  transactions: [transaction],
  refund_line_items: [{ ...fields('quantity subtotal'), subtotal_set: money }],
});
const order: Shape = fields(
  'id admin_graphql_api_id name number order_number email contact_email phone currency total_price current_total_price taxes_included created_at updated_at processed_at cancelled_at cancel_reason financial_status fulfillment_status buyer_accepts_marketing cart_token checkout_token customer_locale source_name test',
  {
    customer,
    billing_address: address,
    shipping_address: address,
    line_items: [line],
    refunds: [refund],
    note_attributes: [fields('name value')],
  },
);
const cart: Shape = fields(
  'id token cart_token email phone currency presentment_currency total_price total_line_items_price taxes_included created_at updated_at completed_at order_id buyer_accepts_marketing buyer_accepts_sms_marketing sms_marketing_phone customer_locale',
  { customer, billing_address: address, line_items: [line] },
);
const consentUpdate: Shape = fields(
  'id customer_id admin_graphql_api_id email email_address phone occurred_at',
  marketing,
);

const shapes: Readonly<Record<string, Shape>> = {
  orders: order,
  'order.upsert': order,
  'cart.upsert': cart,
  refunds: refund,
  'refund.upsert': refund,
  order_transactions: transaction,
  customers: customer,
  'customer.upsert': customer,
  customers_email_marketing_consent: consentUpdate,
  customers_marketing_consent: consentUpdate,
  carts: cart,
  checkouts: cart,
  'consent.set': fields('channel value email phone customer_id at form page'),
  'customers/delete': fields('id admin_graphql_api_id'),
  'graphql/order': graphqlOrder,
  'graphql/customer': graphqlCustomer,
};

/** null: a topic nothing is kept of. */
export function keepShopify(topic: string, body: Json): Json {
  const name = [topic, topic.split('/')[0] ?? ''].find((known) => Object.hasOwn(shapes, known));
  const shape = name === undefined ? undefined : shapes[name];
  if (shape === undefined) return null;
  const inner = isObject(body) ? unwrapped(body) : body;
  return Array.isArray(inner) ? inner.slice(0, 500).map((one: Json) => keep(one, shape)) : keep(inner, shape);
}

const wrappers = new Set([
  ...['order', 'orders', 'customer', 'customers', 'refund', 'refunds', 'checkout', 'checkouts', 'cart', 'carts'],
]);

/** Its REST API wraps an object, or a list of them, in its name. */
function unwrapped(body: JsonObject): Json {
  const [[name, only] = ['', null], ...others] = Object.entries(body);
  return others.length === 0 && wrappers.has(name) && typeof only === 'object' ? only : body;
}
