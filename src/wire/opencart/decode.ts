/** OpenCart 2 to 4, through an extension of its events. The session id opens the shopper's session: it is dropped, and is no key. */
import type { StatedItem } from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { accountFact, cartFact, decodeConsentSet, ignored, missing, orderFact, personOf, read } from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';
import {
  exactTime,
  fieldsOf,
  firstText,
  flagOf,
  idOf,
  listOf,
  moneyOf,
  objectOf,
  quantityOf,
  textOf,
  timesOf,
} from '../shop-values.ts';

const products: Shape = [fields('product_id name model quantity price total tax')];
const person = 'firstname lastname email telephone';
const shapes: Readonly<Record<string, Shape>> = {
  'cart.add': { ...fields('customer_id token'), products },
  'cart.upsert': { ...fields('customer_id token'), products },
  addCustomer: { ...fields('customer_id'), data: fields(`${person} newsletter`) },
  'customer.upsert': { ...fields('customer_id'), data: fields(`${person} newsletter date_added`) },
  addHistory: {
    ...fields('order_id order_status_id date_added'),
    order: {
      ...fields(
        `customer_id ${person} total currency_code currency_value date_added payment_address_1 payment_city payment_postcode payment_company payment_iso_code_2`,
      ),
      products,
    },
  },
  'consent.set': fields('channel value email phone customer_id at form page'),
};

export function keepOpenCart(topic: string, body: Json): Json {
  const name = topic === 'order.upsert' ? 'addHistory' : topic === 'cart.remove' ? 'cart.add' : topic;
  const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
  if (shape === undefined) return null;
  // the cart's rows are a map by row number
  const rows = isObject(body) && isObject(body.products) ? { ...body, products: Object.values(body.products) } : body;
  return keep(rows, shape);
}

export function decodeOpenCart(item: ShopItem): Decoded {
  const body = objectOf(item.body);
  switch (item.topic) {
    case 'addHistory':
    case 'order.upsert':
      return decodeOrder(body, item);
    case 'addCustomer':
    case 'customer.upsert':
      return decodeCustomer(body, item);
    case 'cart.add':
    case 'cart.remove':
    case 'cart.upsert':
      return decodeCart(body, item);
    case 'consent.set':
      return decodeConsentSet(item);
    default:
      // addOrder fires before the order has a status: it is not placed yet
      return ignored('wire.topic_ignored', item.topic);
  }
}

/** There is no paid flag: a status counts as the shop's map says. Amounts are in the shop's default currency. */
function decodeOrder(body: JsonObject, item: ShopItem): Decoded {
  const key = idOf(body.order_id);
  const status = idOf(body.order_status_id);
  if (key === null) return missing('object.order_id');
  if (status === null) return ignored('wire.states_nothing');
  const order = objectOf(body.order);
  const currency = firstText(order.currency_code, item.currency);
  const rate = order.currency_value ?? 1;
  const createdAt = exactTime(order.date_added, item.zone);
  return read(
    orderFact({
      key,
      createdAt,
      ownTime: exactTime(body.date_added, item.zone) ?? item.occurredAt,
      person: personOf(idOf(order.customer_id), textOf(order.email), {
        ...fieldsOf({
          name: order.lastname,
          firstname: order.firstname,
          phone: order.telephone,
          company: order.payment_company,
          address: order.payment_address_1,
          zip: order.payment_postcode,
          city: order.payment_city,
          country: order.payment_iso_code_2,
        }),
      }),
      total: moneyOf(timesOf(order.total, rate) ?? undefined, currency),
      state: { code: status },
      items: Array.isArray(order.products) ? toItems(order.products, rate, currency) : null,
    }),
  );
}

function decodeCustomer(body: JsonObject, item: ShopItem): Decoded {
  const externalId = idOf(body.customer_id);
  if (externalId === null) return missing('object.customer_id');
  const data = objectOf(body.data);
  const value = flagOf(data.newsletter);
  return read(
    accountFact({
      person: personOf(
        externalId,
        textOf(data.email),
        fieldsOf({ name: data.lastname, firstname: data.firstname, phone: data.telephone }),
      ),
      createdAt: item.topic === 'addCustomer' ? 'now' : exactTime(data.date_added, item.zone),
      ownTime: item.occurredAt,
      optIns: value === null ? [] : [{ channel: 'email', value, kind: 'record' }],
    }),
  );
}

function decodeCart(body: JsonObject, item: ShopItem): Decoded {
  const items = toItems(body.products, 1, item.currency);
  const customer = personOf(idOf(body.customer_id), null, {});
  return read(
    cartFact({
      key: null,
      person: { ...customer, token: textOf(body.token) },
      total: null,
      items,
      state: items.length === 0 ? 'emptied' : 'filled',
      ownTime: item.occurredAt,
    }),
  );
}

function toItems(rows: Json | undefined, rate: Json, currency: string | null): readonly StatedItem[] {
  return listOf(rows).map((row) => ({
    key: idOf(row.product_id),
    sku: null,
    name: textOf(row.name),
    quantity: quantityOf(row.quantity),
    unit: moneyOf(timesOf(row.price, rate) ?? undefined, currency),
  }));
}
