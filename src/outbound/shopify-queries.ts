/** What a store of Shopify is asked for in bulk. `src/wire/shopify/graphql.ts` reads it. */

export type ShopifyPhase = 'customers' | 'orders';

const money = '{ shopMoney { amount currencyCode } }';
const address = '{ firstName lastName company address1 address2 zip city countryCodeV2 phone }';

/**
 * `lines`: with the items of orders, which takes the scope read_products. The box of the checkout is left out: of an old order it may have been taken back
 * since, and a history does not tell in which order. Connections stand below connections only, never below a list: a bulk query with `refunds { transactions }` is refused.
 */
export function bulkQuery(phase: ShopifyPhase, since: number | null, lines: boolean): string {
  const filter = since === null ? '' : `(query: "updated_at:>='${new Date(since).toISOString()}'")`;
  const inner = phase === 'customers' ? customer : order(lines);
  return `{ ${phase}${filter} { edges { node { ${inner} } } } }`;
}

const customer = `id firstName lastName createdAt updatedAt
  defaultEmailAddress { emailAddress marketingState marketingUpdatedAt }
  defaultPhoneNumber { phoneNumber marketingState marketingUpdatedAt }
  defaultAddress ${address}`;

function order(lines: boolean): string {
  return `id name email phone createdAt processedAt updatedAt cancelledAt currencyCode customerLocale
    displayFinancialStatus displayFulfillmentStatus taxesIncluded test
    totalPriceSet ${money} currentTotalPriceSet ${money}
    billingAddress ${address}
    customer { id firstName lastName defaultEmailAddress { emailAddress } defaultPhoneNumber { phoneNumber } }
    refunds { id createdAt totalRefundedSet ${money} }
    transactions { id kind status amountSet ${money} }
    ${lines ? lineItems : ''}`;
}

/** Without its product an item would be another one than the webhooks' of the same order. */
const lineItems = `lineItems { edges { node { id sku title name quantity product { id } variant { id }
  originalUnitPriceSet ${money} discountAllocations { allocatedAmountSet ${money} } taxLines { priceSet ${money} } } } }`;

export const startOperation = `mutation start($query: String!) {
  bulkOperationRunQuery(query: $query, groupObjects: false) { bulkOperation { id status } userErrors { code message } } }`;

export const askOperation = `query operation($id: ID!) {
  node(id: $id) { ... on BulkOperation { id status errorCode rootObjectCount objectCount fileSize url partialDataUrl } } }`;

export const askScopes = '{ currentAppInstallation { accessScopes { handle } } }';
