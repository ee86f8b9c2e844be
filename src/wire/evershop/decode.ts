/** EverShop 2: what its subscribers receive. A customer comes with the hash of their password, which is dropped. */
import type { StateParts } from '#domain/facts.ts';
import type { Decoded } from '../decoded.ts';
import type { Json, JsonObject } from '../json.ts';
import { accountFact, decodeConsentSet, ignored, missing, orderFact, personOf, read } from '../shop-facts.ts';
import type { ShopItem } from '../shop-item.ts';
import { fields, keep, type Shape } from '../shop-shape.ts';
import { exactTime, fieldsOf, firstText, idOf, listOf, moneyOf, objectOf, quantityOf, textOf } from '../shop-values.ts';

const customer = fields('customer_id email full_name created_at updated_at');
const order: Shape = fields(
  'order_id order_number status payment_status shipment_status cart_id currency customer_id customer_email customer_full_name grand_total created_at updated_at',
  { items: [fields('product_id product_sku product_name qty final_price_incl_tax')] },
);

export function keepEverShop(topic: string, body: Json): Json {
  if (topic === 'consent.set') return keep(body, fields('channel value email phone customer_id at form page'));
  if (topic.startsWith('customer')) return keep(body, customer);
  return topic.startsWith('order') ? keep(body, order) : null;
}

export function decodeEverShop(item: ShopItem): Decoded {
  const said = objectOf(item.body);
  switch (item.topic) {
    case 'consent.set':
      return decodeConsentSet(item);
    case 'customer_created':
    case 'customer_registered':
    case 'customer_updated':
    case 'customer.upsert':
      return decodeCustomer(said, item);
    case 'order_placed':
    case 'order_created':
    case 'order_updated':
    case 'order.upsert':
      return decodeOrder(said, item);
    default:
      return ignored('wire.topic_ignored', item.topic);
  }
}

function decodeCustomer(said: JsonObject, item: ShopItem): Decoded {
  const externalId = idOf(said.customer_id);
  if (externalId === null) return missing('object.customer_id');
  const createdAt = exactTime(said.created_at, null);
  return read(
    accountFact({
      person: personOf(externalId, textOf(said.email), fieldsOf({ name: said.full_name })),
      createdAt,
      ownTime: exactTime(said.updated_at, null) ?? item.occurredAt ?? createdAt,
    }),
  );
}

function decodeOrder(said: JsonObject, item: ShopItem): Decoded {
  const key = idOf(said.order_id);
  if (key === null) return missing('object.order_id');
  const currency = firstText(said.currency, item.currency);
  const total = moneyOf(said.grand_total, currency);
  if (total === null) return missing('object.grand_total');
  const createdAt = exactTime(said.created_at, null);
  const shipment = textOf(said.shipment_status);
  const state: StateParts = {
    payment: said.payment_status === 'paid' ? 'paid' : said.payment_status === 'authorized' ? 'authorised' : 'none',
    fulfilment: shipment === 'shipped' || shipment === 'delivered' ? 'shipped' : 'none',
    cancelled: said.status === 'canceled' || said.payment_status === 'canceled' || shipment === 'canceled',
  };
  return read(
    orderFact({
      key,
      number: textOf(said.order_number),
      createdAt,
      ownTime: exactTime(said.updated_at, null) ?? item.occurredAt ?? createdAt,
      person: personOf(
        idOf(said.customer_id),
        textOf(said.customer_email),
        fieldsOf({ name: said.customer_full_name }),
      ),
      total,
      state,
      cartKey: idOf(said.cart_id),
      items: Array.isArray(said.items)
        ? listOf(said.items).map((row) => ({
            key: idOf(row.product_id),
            sku: textOf(row.product_sku),
            name: textOf(row.product_name),
            quantity: quantityOf(row.qty),
            unit: moneyOf(row.final_price_incl_tax, currency),
          }))
        : null,
    }),
  );
}
