/** What this shop tells Spread Tracker. EverShop calls subscribers from its own queue, after the shopper was answered. */
import { pool } from '@evershop/evershop/lib/postgres';
import { connectTracker } from 'spread-tracker-sdk';

const { TRACKER_URL, TRACKER_PUBLIC_KEY, TRACKER_PRIVATE_KEY } = process.env;
const tracker = connectTracker({ url: TRACKER_URL, publicKey: TRACKER_PUBLIC_KEY, privateKey: TRACKER_PRIVATE_KEY });

const orderOf = `
  select o.order_id, o.order_number, o.created_at, o.grand_total, o.currency, o.status, o.payment_status,
    o.shipment_status, o.customer_id, o.customer_email, a.full_name, a.telephone, a.address_1, a.address_2,
    a.postcode, a.city, a.country
  from "order" o left join order_address a on a.order_address_id = o.shipping_address_id
  where o.order_id = $1`;
const itemsOf = `
  select product_id, product_sku, product_name, qty, final_price_incl_tax
  from order_item where order_item_order_id = $1 order by order_item_id`;

/** The order as it stands now, whichever event asks: late and repeated events state the same. */
export async function sendOrder(orderId, isNew) {
  const [order] = (await pool.query(orderOf, [orderId])).rows;
  const items = (await pool.query(itemsOf, [orderId])).rows;
  await tracker.order({
    key: order.order_id,
    number: order.order_number,
    placedAt: order.created_at.toISOString(),
    total: order.grand_total,
    currency: order.currency,
    state: stateOf(order),
    update: !isNew,
    items: items.map((item) => ({
      key: item.product_id,
      sku: item.product_sku,
      name: item.product_name,
      quantity: item.qty,
      price: item.final_price_incl_tax,
    })),
    customer: {
      email: order.customer_email,
      externalId: order.customer_id,
      name: order.full_name,
      phone: order.telephone,
      address: order.address_1,
      address2: order.address_2,
      zip: order.postcode,
      city: order.city,
      country: order.country,
    },
  });
}

function stateOf({ status, payment_status: payment, shipment_status: shipment }) {
  if (status === 'canceled') return 'cancelled';
  if (payment !== 'paid') return 'placed';
  return shipment === 'shipped' || shipment === 'delivered' ? 'shipped' : 'paid';
}

/** EverShop's event carries the whole row, the password's hash with it: only these fields leave. */
export async function sendAccount({ customer_id: externalId, email, full_name: name }) {
  await tracker.signup({ customer: { externalId, email, name } });
}
