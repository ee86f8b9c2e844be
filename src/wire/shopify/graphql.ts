/** What Shopify's Admin API answers in GraphQL, in the form its webhooks have: one decoder for both. */
import type { Json, JsonObject } from '../json.ts';
import { fields, type Shape } from '../shop-shape.ts';
import { listOf, objectOf, shareOf, textOf } from '../shop-values.ts';

const money: Shape = { shopMoney: fields('amount currencyCode') };
const address = fields('firstName lastName company address1 address2 zip city countryCodeV2 phone');
const email = fields('emailAddress marketingState marketingUpdatedAt');
const phone = fields('phoneNumber marketingState marketingUpdatedAt');

/** What is kept of an order, its lines in `lineItems` as a plain list. */
export const graphqlOrder: Shape = fields(
  'id name email phone createdAt processedAt updatedAt cancelledAt currencyCode customerLocale displayFinancialStatus displayFulfillmentStatus taxesIncluded test',
  {
    totalPriceSet: money,
    currentTotalPriceSet: money,
    billingAddress: address,
    customer: fields('id firstName lastName', {
      defaultEmailAddress: fields('emailAddress'),
      defaultPhoneNumber: fields('phoneNumber'),
    }),
    refunds: [fields('id createdAt', { totalRefundedSet: money })],
    transactions: [fields('id kind status', { amountSet: money })],
    lineItems: [
      fields('id sku title name quantity', {
        product: fields('id'),
        variant: fields('id'),
        originalUnitPriceSet: money,
        discountAllocations: [{ allocatedAmountSet: money }],
        taxLines: [{ priceSet: money }],
      }),
    ],
  },
);

export const graphqlCustomer: Shape = fields('id firstName lastName createdAt updatedAt', {
  defaultEmailAddress: email,
  defaultPhoneNumber: phone,
  defaultAddress: address,
});

export function orderFromGraphql(said: JsonObject): JsonObject {
  const currency = textOf(said.currencyCode);
  return {
    ...identified(said),
    name: said.name ?? null,
    email: said.email ?? null,
    phone: said.phone ?? null,
    currency,
    total_price: amountOf(said.totalPriceSet),
    ...(said.currentTotalPriceSet === undefined ? {} : { current_total_price: amountOf(said.currentTotalPriceSet) }),
    taxes_included: said.taxesIncluded ?? null,
    created_at: said.createdAt ?? null,
    processed_at: said.processedAt ?? null,
    updated_at: said.updatedAt ?? null,
    cancelled_at: said.cancelledAt ?? null,
    financial_status: textOf(said.displayFinancialStatus)?.toLowerCase() ?? null,
    fulfillment_status: fulfilment(textOf(said.displayFulfillmentStatus)),
    customer_locale: said.customerLocale ?? null,
    customer: customerFromGraphql(objectOf(said.customer)),
    billing_address: addressOf(objectOf(said.billingAddress)),
    refunds: refundsOf(said),
    // absent: not read, as beside the partial data of an operation that failed; that is not "none"
    ...(Array.isArray(said.lineItems) ? { line_items: listOf(said.lineItems).map(lineOf) } : {}),
  };
}

export function customerFromGraphql(said: JsonObject): JsonObject {
  const mail = objectOf(said.defaultEmailAddress);
  const number = objectOf(said.defaultPhoneNumber);
  return {
    ...identified(said),
    email: mail.emailAddress ?? null,
    phone: number.phoneNumber ?? null,
    first_name: said.firstName ?? null,
    last_name: said.lastName ?? null,
    created_at: said.createdAt ?? null,
    updated_at: said.updatedAt ?? null,
    ...consentOf('email_marketing_consent', mail),
    ...consentOf('sms_marketing_consent', number),
    default_address: addressOf(objectOf(said.defaultAddress)),
  };
}

function identified({ id }: JsonObject): JsonObject {
  return { id: digits(id), admin_graphql_api_id: id ?? null };
}

function digits(id: Json | undefined): string | null {
  return /\/(\d{1,40})(?:\?|$)/.exec(textOf(id) ?? '')?.[1] ?? null;
}

function consentOf(name: string, said: JsonObject): JsonObject {
  const state = textOf(said.marketingState)?.toLowerCase();
  return state === undefined ? {} : { [name]: { state, consent_updated_at: said.marketingUpdatedAt ?? null } };
}

/** The shop's own currency, as the webhooks' plain amounts are. */
function amountOf(bag: Json | undefined): string | null {
  return textOf(objectOf(objectOf(bag).shopMoney).amount);
}

function fulfilment(status: string | null): string | null {
  if (status === 'FULFILLED') return 'fulfilled';
  return status === 'PARTIALLY_FULFILLED' ? 'partial' : null;
}

function addressOf(said: JsonObject): JsonObject {
  return {
    first_name: said.firstName ?? null,
    last_name: said.lastName ?? null,
    company: said.company ?? null,
    address1: said.address1 ?? null,
    address2: said.address2 ?? null,
    zip: said.zip ?? null,
    city: said.city ?? null,
    country_code: said.countryCodeV2 ?? null,
    phone: said.phone ?? null,
  };
}

/**
 * A bulk query may not ask for the transactions of each refund, only for those of the order: a refund counts as given back while the
 * succeeded ones cover it, in the order of the refunds; the rest waits. One without money is none.
 */
function refundsOf(said: JsonObject): JsonObject[] {
  const given = listOf(said.transactions).filter(({ kind, status }) => kind === 'REFUND' && status === 'SUCCESS');
  let left = shareOf(
    given.map(({ amountSet }) => amountOf(amountSet)),
    1,
  );
  return listOf(said.refunds).flatMap((refund) => {
    const amount = amountOf(refund.totalRefundedSet);
    if (amount === null || Number(amount) === 0) return [];
    const after = shareOf([left, `-${amount}`], 1);
    const done = after !== null && !after.startsWith('-');
    if (done) left = after;
    const { currencyCode = null } = objectOf(objectOf(refund.totalRefundedSet).shopMoney);
    return [
      {
        ...identified(refund),
        created_at: refund.createdAt ?? null,
        transactions: [{ kind: 'refund', status: done ? 'success' : 'pending', amount, currency: currencyCode }],
      },
    ];
  });
}

function lineOf(said: JsonObject): JsonObject {
  return {
    product_id: digits(objectOf(said.product).id),
    variant_id: digits(objectOf(said.variant).id),
    sku: said.sku ?? null,
    title: said.title ?? null,
    name: said.name ?? null,
    quantity: said.quantity ?? null,
    price: amountOf(said.originalUnitPriceSet),
    discount_allocations: listOf(said.discountAllocations).map((one) => ({ amount: amountOf(one.allocatedAmountSet) })),
    tax_lines: listOf(said.taxLines).map((one) => ({ price: amountOf(one.priceSet) })),
  };
}
