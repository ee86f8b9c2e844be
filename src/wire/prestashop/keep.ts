/** What is kept of PrestaShop's objects: its webservice sends the password's hash and `secure_key` with every customer. */
import { isObject, type Json } from '../json.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';

const order = fields(
  'id id_cart id_currency id_lang id_customer current_state reference module date_add date_upd total_paid_tax_incl is_guest',
  {
    associations: {
      order_rows: [
        fields(
          'id product_id product_attribute_id product_quantity product_name product_reference unit_price_tax_incl',
        ),
      ],
    },
  },
);
const texts: Shape = [fields('id value')];
const state: Shape = fields('id paid shipped delivery logable deleted', { template: texts, name: texts });
const plainState = fields('id paid shipped delivery logable deleted template name mapped');
const customer = fields(
  'id id_lang id_gender firstname lastname email birthday newsletter newsletter_date_add is_guest active company date_add date_upd deleted',
);
const address = fields('id company address1 address2 postcode city phone phone_mobile id_country country_iso');
const cart = fields('id id_customer id_currency id_lang date_add date_upd total url', {
  associations: {
    cart_rows: [fields('id_product id_product_attribute quantity product_name product_reference unit_price_tax_incl')],
  },
});
const slip = fields('id id_order id_customer amount date_add date_upd');
const detail = fields(
  'id id_order product_id product_attribute_id product_quantity product_name product_reference unit_price_tax_incl',
);
const history = fields('id id_order id_order_state date_add');

const shape: Shape = fields('hook email_optin sms_optin optin_at', {
  order,
  orders: [order],
  order_state: plainState,
  order_states: [state],
  order_slip: slip,
  order_slips: [slip],
  order_details: [detail],
  order_histories: [history],
  order_payments: [fields('id')],
  customer,
  customers: [customer],
  address,
  cart,
  carts: [cart],
  currency: fields('iso_code'),
  language: fields('iso_code'),
  subscribers: [fields('id email newsletter_date_add')],
  params: {
    ...fields('id_order email action error'),
    order: fields('@Order'),
    cart: fields('@Cart'),
    customer: fields('@Customer'),
    newCustomer: fields('@Customer'),
    object: fields('@Customer'),
    orderStatus: fields('@OrderState'),
    newOrderStatus: fields('@OrderState'),
  },
});
const consent = fields('channel value email phone customer_id at form page');

export function keepPrestaShop(topic: string, body: Json): Json {
  if (topic === 'consent.set') return keep(body, consent);
  if (topic === 'product.upsert' || topic === 'ping') return null;
  return isObject(body) ? withTemplate(keep(body, shape), body) : null;
}

/** A state's template is a text of one language, or a list of them. */
function withTemplate(kept: Json, body: { readonly [name: string]: Json }): Json {
  const said = body.order_state;
  if (!isObject(kept) || !isObject(said) || !Array.isArray(said.template)) return kept;
  return {
    ...kept,
    order_state: { ...(isObject(kept.order_state) ? kept.order_state : {}), template: keep(said.template, texts) },
  };
}
