/** A small French shop that uses the collector as real shops do: the published snippet in its pages, v1 calls from its server. */
import { randomBytes } from 'node:crypto';
import cookies from '@fastify/cookie';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { adminPage } from './admin-page.ts';
import { findProduct } from './catalogue.ts';
import { textOf } from './html.ts';
import { layout, type Page, type View } from './layout.ts';
import * as pages from './pages.ts';
import { readBuyer } from './posted.ts';
import { openSender, type Pair } from './sender.ts';
import * as shop from './shop-state.ts';
import { accountForm, orderForm } from './statement.ts';
import type { Language } from './texts.ts';

export interface DemoShopOptions {
  /** Scheme and host of the collector for this shop's server side; asked for at each call. */
  readonly collectorUrl: () => string;
  /** Scheme and host of the collector for browsers; null: as the shop itself is called. */
  readonly publicUrl: string | null;
  /** Asked for at each page and call: a real shop is given its new pair after a rotation, this one takes it. */
  readonly pair: () => Promise<Pair>;
  readonly log: { warn(fields: Record<string, unknown>): void };
  readonly now?: () => number;
}

const states: readonly shop.OrderState[] = ['20', '50', '0'];
const copies = 100;

/** Mount it with `{ prefix: '/demo' }`. State is in memory and lost at a restart. */
export async function demoShop(app: FastifyInstance, options: DemoShopOptions): Promise<void> {
  const now = options.now ?? Date.now;
  const state = shop.openState();
  const sender = openSender({
    ...options,
    onFault: (method, status) => options.log.warn({ event: 'demo.call_failed', method, status }),
  });
  app.addHook('onClose', () => sender.stop());
  await app.register(cookies);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 16 * 1024 },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  );
  app.addHook('onRequest', async (request, reply) => {
    const { origin } = request.headers;
    if (request.method !== 'POST' || origin === undefined) return;
    if (!URL.canParse(origin) || new URL(origin).host !== request.host) return reply.code(403).send('forbidden');
  });

  const sessions = new WeakMap<FastifyRequest, shop.Session>();
  const publicKeys = new WeakMap<FastifyRequest, string>();
  app.addHook('preHandler', async (request, reply) => {
    const session = shop.sessionOf(state, request.cookies.demo);
    sessions.set(request, session);
    publicKeys.set(request, (await options.pair()).publicKey);
    const place = { path: '/demo', httpOnly: true, sameSite: 'lax' } as const;
    if (request.cookies.demo !== session.id) reply.setCookie('demo', session.id, place);
    const asked = Object(request.query).lang;
    if (asked === 'fr' || asked === 'en') reply.setCookie('demo_language', asked, place);
  });

  function viewOf(request: FastifyRequest): View {
    return {
      language: languageOf(request),
      session: sessionOf(request),
      mode: state.mode,
      path: request.url.split('?')[0] ?? '/demo',
      nonce: randomBytes(16).toString('base64url'),
      collectorUrl: options.publicUrl ?? `${request.protocol}://${request.host}`,
      publicKey: publicKeys.get(request) ?? '',
    };
  }

  function sessionOf(request: FastifyRequest): shop.Session {
    return sessions.get(request) ?? shop.sessionOf(state, undefined);
  }

  function show(request: FastifyRequest, reply: FastifyReply, make: (view: View) => Page): FastifyReply {
    const view = viewOf(request);
    const collector = new URL(view.collectorUrl).origin;
    return reply
      .headers({
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': `default-src 'none'; script-src 'nonce-${view.nonce}' ${collector}; style-src 'nonce-${view.nonce}'; img-src data:; connect-src ${collector}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
        'x-content-type-options': 'nosniff',
      })
      .send(textOf(layout(view, make(view))));
  }

  function missing(request: FastifyRequest, reply: FastifyReply): FastifyReply {
    return show(request, reply.code(404), pages.missingPage);
  }

  app.get('/', (request, reply) => show(request, reply, pages.homePage));
  app.get('/p/:slug', (request, reply) => {
    const product = findProduct(parameter(request, 'slug'));
    return product === null
      ? missing(request, reply)
      : show(request, reply, (view) => pages.productPage(view, product));
  });

  app.get('/cart', (request, reply) => show(request, reply, pages.cartPage));
  app.post('/cart', (request, reply) => {
    const { cart } = sessionOf(request);
    const slug = postedOf(request).product ?? '';
    if (findProduct(slug) !== null) cart.set(slug, Math.min((cart.get(slug) ?? 0) + 1, 99));
    return reply.redirect('/demo/cart', 303);
  });
  app.post('/cart/quantity', (request, reply) => {
    const { cart } = sessionOf(request);
    const { product = '', quantity = '', remove } = postedOf(request);
    const wanted = remove === '1' ? 0 : Number.parseInt(quantity, 10);
    if (wanted === 0) cart.delete(product);
    else if (cart.has(product) && wanted > 0) cart.set(product, Math.min(wanted, 99));
    return reply.redirect('/demo/cart', 303);
  });

  app.get('/sign-up', (request, reply) => show(request, reply, (view) => pages.signUpPage(view, {}, {})));
  app.post('/sign-up', (request, reply) => {
    const posted = postedOf(request);
    const { buyer, errors } = readBuyer(posted, `C${shop.nextNumber(state, now())}`);
    if (buyer === null) {
      return show(request, reply.code(422), (view) => pages.signUpPage(view, posted, errors));
    }
    sessionOf(request).account = buyer;
    if (state.mode !== 'browser') {
      const form = accountForm(buyer, request.cookies.sbt ?? null, languageOf(request));
      void sender.send(state.accountCalls, { method: 'CreateAccount', form, state: null, times: 1 });
    }
    return reply.redirect('/demo/welcome', 303);
  });
  app.get('/welcome', (request, reply) => show(request, reply, pages.welcomePage));

  app.post('/newsletter', (request, reply) => {
    const email = postedOf(request).email?.trim() ?? '';
    sessionOf(request).newsletter = email === '' ? null : email.slice(0, 200);
    return reply.redirect('/demo/newsletter', 303);
  });
  app.get('/newsletter', (request, reply) => show(request, reply, pages.newsletterPage));

  app.get('/checkout', (request, reply) => {
    const { account, cart } = sessionOf(request);
    if (cart.size === 0) return reply.redirect('/demo/cart', 303);
    const known: pages.Posted =
      account === null
        ? {}
        : { email: account.email, firstname: account.firstname, name: account.name, mobile: account.mobile };
    return show(request, reply, (view) => pages.checkoutPage(view, known, {}));
  });
  app.post('/checkout', (request, reply) => {
    const session = sessionOf(request);
    if (session.cart.size === 0) return reply.redirect('/demo/cart', 303);
    const posted = postedOf(request);
    const { buyer, errors } = readBuyer(posted, session.account?.externalId ?? null);
    if (buyer === null) return show(request, reply.code(422), (view) => pages.checkoutPage(view, posted, errors));
    const order: shop.Order = {
      reference: shop.nextNumber(state, now()),
      session: session.id,
      placedAt: now(),
      amountMinor: shop.cartTotal(session),
      buyer,
      cookie: request.cookies.sbt ?? null,
      language: languageOf(request),
      state: '10',
      calls: [],
    };
    shop.keepOrder(state, order);
    session.cart.clear();
    if (state.mode !== 'browser') {
      void sender.send(order.calls, { method: 'CreateOrder', form: orderForm(order), state: '10', times: 1 });
    }
    return reply.redirect(`/demo/confirmation/${order.reference}`, 303);
  });
  app.get('/confirmation/:reference', (request, reply) => {
    const order = state.orders.get(parameter(request, 'reference'));
    return order === undefined || order.session !== sessionOf(request).id
      ? missing(request, reply)
      : show(request, reply, (view) => pages.confirmationPage(view, order));
  });

  app.post('/mode', (request, reply) => {
    const { mode } = postedOf(request);
    if (mode === 'browser' || mode === 'server' || mode === 'both') state.mode = mode;
    const { referer } = request.headers;
    const back = referer !== undefined && URL.canParse(referer) ? new URL(referer).pathname : '';
    return reply.redirect(/^\/demo(\/|$)/.test(back) ? back : '/demo', 303);
  });

  app.get('/admin', (request, reply) => show(request, reply, (view) => adminPage(view, state)));
  app.post('/admin/orders/:reference/state', async (request, reply) => {
    const order = state.orders.get(parameter(request, 'reference'));
    const next = states.find((one) => one === postedOf(request).state);
    if (order === undefined || next === undefined) return missing(request, reply);
    order.state = next;
    await sender.send(order.calls, { method: 'UpdateOrder', form: orderForm(order), state: next, times: 1 });
    return reply.redirect('/demo/admin', 303);
  });
  app.post('/admin/orders/:reference/again', async (request, reply) => {
    const order = state.orders.get(parameter(request, 'reference'));
    if (order === undefined) return missing(request, reply);
    const form = orderForm(order);
    await sender.send(order.calls, { method: 'CreateOrder', form, state: order.state, times: copies });
    return reply.redirect('/demo/admin', 303);
  });
}

function languageOf(request: FastifyRequest): Language {
  const asked = Object(request.query).lang ?? request.cookies.demo_language;
  return asked === 'en' ? 'en' : 'fr';
}

function postedOf(request: FastifyRequest): pages.Posted {
  return Object(request.body);
}

function parameter(request: FastifyRequest, name: string): string {
  return String(Object(request.params)[name]);
}
