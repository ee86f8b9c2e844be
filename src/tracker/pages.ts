/** Pages of a shop that loads once (single-page navigation), and the product that a page describes in schema.org's words. */
import { attempt } from './page.ts';

type Bag = Record<string, unknown>;

let place = '';

/** Nothing of the page's history is touched: we look where the page is when something may have moved it. */
function look(): void {
  const now = location.href.split('#')[0] || '';
  if (now === place) return;
  const first = !place;
  place = now;
  if (!first) window.spread('page');
  const product = findProduct();
  if (product) window.spread('product', product);
}

function later(): void {
  setTimeout(() => attempt(look));
}

function findProduct(): Bag | undefined {
  const scripts = Array.from(document.querySelectorAll('script[type="application/ld+json"]'));
  for (const script of scripts) {
    const found = productIn(attempt(() => JSON.parse(script.textContent || '')));
    if (found) return found;
  }
  return undefined;
}

function productIn(json: unknown): Bag | undefined {
  if (Array.isArray(json)) {
    for (const part of json) {
      const found = productIn(part);
      if (found) return found;
    }
    return undefined;
  }
  if (typeof json !== 'object' || !json) return undefined;
  const node = json as Bag;
  if (node['@graph']) return productIn(node['@graph']);
  if (([] as unknown[]).concat(node['@type']).every((type) => type !== 'Product' && type !== 'ProductGroup'))
    return undefined;
  const offer = ([] as unknown[]).concat(node.offers)[0] as Bag | undefined;
  return {
    key: node.productID || node.sku || node.productGroupID || node['@id'],
    sku: node.sku,
    name: node.name,
    price: offer && (offer.price || offer.lowPrice),
    currency: offer?.priceCurrency,
  };
}

const navigation = (window as { navigation?: EventTarget }).navigation;
if (navigation) navigation.addEventListener('navigatesuccess', later);
addEventListener('popstate', later);
document.addEventListener('click', () => setTimeout(later, 300));
if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', later);
else later();
