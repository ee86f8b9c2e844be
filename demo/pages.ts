import { type Product, products } from './catalogue.ts';
import { type Html, html } from './html.ts';
import { type Page, sum, type View } from './layout.ts';
import { cartLines, cartTotal, type Order } from './shop-state.ts';
import { accountPush, newsletterPush, orderPush } from './statement.ts';
import { money, say, type TextKey } from './texts.ts';

export type Errors = Readonly<Record<string, TextKey>>;
export type Posted = Readonly<Record<string, string>>;

export function homePage(view: View): Page {
  const { language } = view;
  return {
    title: say(language, 'shop.line'),
    body: html`<section class="hero"><h1>${say(language, 'home.title')}</h1><p>${say(language, 'home.text')}</p></section>
<h2>${say(language, 'home.products')}</h2>
<ul class="grid">${products.map(
      (product) =>
        html`<li><a class="card" href="/demo/p/${product.slug}" data-testid="demo-product-${product.slug}">${product.picture}<strong>${product.name[language]}</strong><span class="soft small">${money(language, product.priceMinor)}</span></a></li>`,
    )}</ul>`,
  };
}

export function productPage({ language }: View, product: Product): Page {
  return {
    title: product.name[language],
    body: html`<div class="two"><div class="picture">${product.picture}</div><div>
<p class="small"><a href="/demo">← ${say(language, 'product.back')}</a></p>
<h1>${product.name[language]}</h1><p class="soft">${product.line[language]}</p>
<p class="price">${money(language, product.priceMinor)}</p><p>${product.about[language]}</p>
<form method="post" action="/demo/cart"><input type="hidden" name="product" value="${product.slug}"><button class="wide" data-testid="demo-add">${say(language, 'product.add')}</button></form>
<p class="soft small">${say(language, 'product.delivery')}</p></div></div>`,
  };
}

export function cartPage({ language, session }: View): Page {
  const title = say(language, 'cart.title');
  const lines = cartLines(session);
  if (lines.length === 0) {
    return {
      title,
      body: html`<h1>${title}</h1><p class="soft" data-testid="demo-cart-empty">${say(language, 'cart.empty')}</p><a class="button" href="/demo">${say(language, 'cart.see')}</a>`,
    };
  }
  return {
    title,
    body: html`<h1>${title}</h1><div class="two form"><ul class="lines">${lines.map(
      ({
        product,
        quantity,
      }) => html`<li data-testid="demo-cart-line">${product.picture}<div><strong>${product.name[language]}</strong>
<form method="post" action="/demo/cart/quantity"><input type="hidden" name="product" value="${product.slug}"><input type="number" name="quantity" min="0" max="99" value="${quantity}" aria-label="${say(language, 'cart.quantity')}" data-testid="demo-quantity"><button class="quiet" data-testid="demo-cart-update">${say(language, 'cart.update')}</button><button class="quiet" name="remove" value="1" data-testid="demo-cart-remove">${say(language, 'cart.remove')}</button></form></div>
<span>${money(language, product.priceMinor * quantity)}</span></li>`,
    )}</ul>
<div class="panel">${totals({ language, session } as const)}<a class="button" href="/demo/checkout" data-testid="demo-checkout">${say(language, 'cart.checkout')}</a></div></div>`,
  };
}

export function signUpPage({ language }: View, posted: Posted, errors: Errors): Page {
  const title = say(language, 'signup.title');
  const f = fieldsOf(language, posted, errors);
  return {
    title,
    body: html`<h1>${title}</h1><p class="soft">${say(language, 'signup.text')}</p>
<form class="fields panel" method="post" action="/demo/sign-up" novalidate>
${f('firstname', 'half', 'given-name')}${f('name', 'half', 'family-name')}${f('email', '', 'email', 'email')}${f('mobile', '', 'tel', 'tel', true)}
${box(language, 'optin_email', posted)}${box(language, 'optin_sms', posted)}
<div><button data-testid="demo-sign-up-submit">${say(language, 'signup.submit')}</button></div></form>`,
  };
}

export function welcomePage({ language, session, mode }: View): Page {
  const { account } = session;
  return {
    title: say(language, 'welcome.title'),
    sporder: account === null || mode === 'server' ? null : accountPush(account, language),
    body: html`<h1 data-testid="demo-welcome">${say(language, 'welcome.title')}</h1><p>${say(language, 'welcome.text')}</p><a class="button" href="/demo">${say(language, 'cart.see')}</a>`,
  };
}

export function newsletterPage({ language, session }: View): Page {
  return {
    title: say(language, 'newsletter.done'),
    // A newsletter box is the page's alone: v1 has no call for it.
    sporder: session.newsletter === null ? null : newsletterPush(session.newsletter, language),
    body: html`<h1 data-testid="demo-newsletter-done">${say(language, 'newsletter.done')}</h1><p>${say(language, 'newsletter.thanks')}</p>`,
  };
}

export function checkoutPage({ language, session }: View, posted: Posted, errors: Errors): Page {
  const title = say(language, 'checkout.title');
  const f = fieldsOf(language, posted, errors);
  return {
    title,
    body: html`<h1>${title}</h1><div class="two form">
<form class="fields" method="post" action="/demo/checkout" novalidate><h2>${say(language, 'checkout.you')}</h2>
${f('email', '', 'email', 'email')}${f('firstname', 'half', 'given-name')}${f('name', 'half', 'family-name')}${f('address', '', 'street-address', 'text', true)}${f('zip', 'third', 'postal-code', 'text', true)}${f('city', 'rest', 'address-level2', 'text', true)}${f('mobile', '', 'tel', 'tel', true)}
<h2>${say(language, 'checkout.wishes')}</h2>${box(language, 'optin_email', posted)}${box(language, 'optin_sms', posted)}
<div><button class="wide" data-testid="demo-order">${say(language, 'checkout.submit')}</button></div><p class="soft small">${say(language, 'checkout.note')}</p></form>
<aside class="panel"><h2>${say(language, 'checkout.summary')}</h2>${cartLines(session).map(({ product, quantity }) =>
      sum(language, `${quantity} × ${product.name[language]}`, product.priceMinor * quantity),
    )}${totals({ language, session } as const)}</aside></div>`,
  };
}

export function confirmationPage({ language, mode }: View, order: Order): Page {
  const title = say(language, 'confirmation.title');
  return {
    title,
    sporder: mode === 'server' ? null : orderPush(order),
    body: html`<div class="panel"><h1 data-testid="demo-confirmation">${title}</h1>
<p>${say(language, 'confirmation.text')} <span class="reference" data-testid="demo-reference">${order.reference}</span></p>
<p class="soft">${say(language, 'confirmation.next')}</p>${sum(language, say(language, 'cart.total'), order.amountMinor, true)}
<p></p><a class="button" href="/demo">${say(language, 'confirmation.continue')}</a></div>`,
  };
}

export function missingPage({ language }: View): Page {
  return {
    title: say(language, 'missing.title'),
    body: html`<h1>${say(language, 'missing.title')}</h1><p>${say(language, 'missing.text')}</p><a class="button" href="/demo">${say(language, 'confirmation.continue')}</a>`,
  };
}

function totals({ language, session }: Pick<View, 'language' | 'session'>): Html {
  return html`<div class="sum soft"><span>${say(language, 'cart.shipping')}</span><span>${say(language, 'cart.free')}</span></div>${sum(language, say(language, 'cart.total'), cartTotal(session), true)}<p></p>`;
}

type FieldName = 'email' | 'firstname' | 'name' | 'address' | 'zip' | 'city' | 'mobile';

function fieldsOf(language: View['language'], posted: Posted, errors: Errors) {
  return (name: FieldName, size: string, autocomplete: string, type = 'text', optional = false): Html => {
    const error = errors[name];
    return html`<label class="${size}">${say(language, `field.${name}`)}${optional && html` <span class="soft">(${say(language, 'field.optional')})</span>`}
<input type="${type}" name="${name}" value="${posted[name] ?? ''}" maxlength="200" autocomplete="${autocomplete}" ${!optional && html`required`} ${error !== undefined && html`aria-invalid="true" aria-describedby="error-${name}"`} data-testid="demo-field-${name}">${error !== undefined && html`<span class="error" id="error-${name}" data-testid="demo-error-${name}">${say(language, error)}</span>`}</label>`;
  };
}

function box(language: View['language'], name: 'optin_email' | 'optin_sms', posted: Posted): Html {
  return html`<label class="box"><input type="checkbox" name="${name}" value="1" ${posted[name] === '1' && html`checked`} data-testid="demo-${name.replace('_', '-')}"><span>${say(language, `field.${name}`)}</span></label>`;
}
