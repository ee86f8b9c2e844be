/** Parts of Shopify's objects. */
import type { StatedFields, StatedItem, StatedPerson, StatedRefund } from '#domain/facts.ts';
import type { JsonObject } from '../json.ts';
import { personOf } from '../shop-facts.ts';
import { fieldsOf, firstText, idOf, listOf, moneyOf, objectOf, quantityOf, shareOf, textOf } from '../shop-values.ts';

/** Digits of the global id, which nothing rounds, before the number's own. */
export function exactId(said: JsonObject, name: string): string | null {
  const global = /^gid:\/\/shopify\/\w+\/(\d{1,40})(?:\?|$)/.exec(textOf(said.admin_graphql_api_id) ?? '')?.[1];
  return global ?? idOf(said[name]);
}

/** Who an order or checkout is about: its own address before the customer's. */
export function contactOf(said: JsonObject): StatedPerson {
  const customer = objectOf(said.customer);
  const billing = objectOf(said.billing_address);
  const email = firstText(said.email, said.contact_email, customer.email);
  const fields = addressFields(billing);
  return personOf(exactId(customer, 'id'), email, {
    ...nameFields(customer),
    ...fields,
    ...fieldsOf({ phone: firstText(said.phone, billing.phone, customer.phone), lang: said.customer_locale }),
  });
}

export function addressFields(said: JsonObject): StatedFields {
  return fieldsOf({
    ...(textOf(said.last_name) === null ? {} : { name: said.last_name, firstname: said.first_name }),
    company: said.company,
    address: said.address1,
    address2: said.address2,
    zip: said.zip,
    city: said.city,
    country: firstText(said.country_code, said.country),
  });
}

export function nameFields(said: JsonObject): StatedFields {
  return fieldsOf({ name: said.last_name, firstname: said.first_name });
}

/** Price of one, after discounts, tax included. */
export function toItems(order: JsonObject, currency: string | null): readonly StatedItem[] {
  return listOf(order.line_items).map((line): StatedItem => {
    const quantity = quantityOf(line.quantity);
    const discounts = listOf(line.discount_allocations).map(({ amount }) => `-${textOf(amount) ?? '0'}`);
    const taxes = order.taxes_included === true ? [] : listOf(line.tax_lines).map(({ price }) => price);
    const rest = quantity === 0 ? '0' : shareOf([...discounts, ...taxes], quantity);
    const unit = shareOf([line.price, rest ?? undefined], 1);
    return {
      key: idOf(line.product_id),
      variant: idOf(line.variant_id),
      sku: textOf(line.sku),
      name: firstText(line.title, line.name),
      quantity,
      unit: moneyOf(unit ?? undefined, currency),
    };
  });
}

/** None where no money moved: a refund may be words only. */
export function toRefunds(said: JsonObject, currency: string | null): StatedRefund[] {
  const id = exactId(said, 'id');
  const moved = listOf(said.transactions).filter(({ kind }) => kind === 'refund');
  const done = moved.filter(({ status }) => status === 'success');
  const waiting = moved.filter(({ status }) => status === 'pending');
  const counted = done.length > 0 ? done : waiting;
  const amount = shareOf(
    counted.map((transaction) => transaction.amount),
    1,
  );
  if (id === null || counted.length === 0 || amount === null) return [];
  const money = moneyOf(amount, currencyOf(said, counted) ?? currency);
  return money === null ? [] : [{ id, money, status: done.length > 0 ? 'succeeded' : 'pending' }];
}

/** `XXX` is no currency; a transaction may name none, and then the rows do. */
function currencyOf(said: JsonObject, transactions: readonly JsonObject[]): string | null {
  const rows = listOf(said.refund_line_items).map(({ subtotal_set }) => objectOf(objectOf(subtotal_set).shop_money));
  const named = [...transactions.map(({ currency }) => currency), ...rows.map((money) => money.currency_code)];
  return (
    named.map((value) => textOf(value)).find((code) => code !== null && /^[A-Z]{3}$/.test(code) && code !== 'XXX') ??
    null
  );
}
