/** The script of a shop's pages: sends what the published one sends (legacy wire §1). It never throws into the page. */
import { legacyConfig, legacyOrder, type Values } from './legacy-globals.ts';
import { attempt, deleteCookie, global, load, readCookie, type Tell, whenIdle, writeCookie } from './page.ts';
import { toQuery } from './query.ts';
import { type Delivery, type Item, openQueue, type Queue } from './queue.ts';

interface Launch {
  readonly tracker?: boolean;
  readonly widgets?: boolean;
}

/** What banners put on a page before or when they start; ours then speaks for them (banners.ts). */
const banners =
  '__tcfapi tarteaucitron _axcb axeptioSettings didomiOnReady Didomi OptanonWrapper OneTrust Cookiebot'.split(' ');

// Read at once: it is gone when the page is ready.
const tag = (document.currentScript || document.getElementById('spread-tracker')) as HTMLScriptElement | null;
/** All that was said on this page: debug mode may come late. */
const told: unknown[][] = [];
/** Of the events of the queue. */
const listeners: Tell[] = [];
let looked = false;
let launched = false;
/** The visitor may be followed; a refusal ends it at once, for what is on its way too. */
let started = false;
/** What waits for the page to have its own work done. */
let soon: (() => void) | undefined;

attempt(main);

function main(): void {
  const config = readConfig();
  const order = readOrder();
  const tell: Tell = (...words) => {
    told.push(words);
    for (const listener of listeners) listener(...words);
  };
  const queue = openQueue(`spread.${config.public_key}.`, delivery(config), tell);
  const page: Page = { config, order, tell, queue };
  const api = {
    init: () => attempt(() => start(page)),
    launch: (wish: Launch) => attempt(() => launch(page, wish || {})),
    consent: (state: string) => attempt(() => answer(page, state)),
    openWidget: nothing,
    reduceWidget: nothing,
    destroyWidget: nothing,
    loadOneWidget: () => tell('method not supported'),
    told,
  };
  Object.assign(window, { SPREAD: api });
  if (!config.public_key && !override(config).public_key) {
    tell('public_key missing');
    announce(window);
    return;
  }
  addEventListener('online', queue.flush);
  addEventListener('pagehide', () => {
    runSoon();
    queue.leave();
  });
  whenIdle(() => override(config), 0);
  if (global('spAutoload') === false) {
    tell('held', order, 'spAutoload');
    announce(window);
  } else
    whenReady(() => {
      if (hasBanner()) {
        tell('held', order);
        load(`${base(config)}/`, 'banners');
      } else start(page);
    });
}

interface Page {
  readonly config: Values;
  readonly order: Values | null;
  readonly tell: Tell;
  readonly queue: Queue;
}

/** A banner's globals, or Google Consent Mode's default. */
function hasBanner(): boolean {
  const layer = global('dataLayer');
  return (
    banners.some((name) => name in window) ||
    (Array.isArray(layer) && layer.some((entry) => entry && entry[0] === 'consent'))
  );
}

/** What the page's banner says: nothing starts before it does. */
function answer(page: Page, state: string): void {
  page.tell('consent', state);
  if (state === 'granted') {
    if (!started) start(page);
  } else if (state === 'denied') {
    started = false;
    page.queue.clear();
    deleteCookie('sbt');
    deleteCookie('spw');
  }
}

function start(page: Page): void {
  started = true;
  soon = () => {
    takeHandOver(page.config);
    sendOrder(page, () => identify(page));
  };
  // An order waits for nothing; a first token must be there before a quick visitor buys, and who holds one has time.
  if (namesSomebody(page.order)) runSoon();
  else whenIdle(() => (readCookie('sbt') ? whenIdle(runSoon, 1000) : runSoon()), 0);
}

function runSoon(): void {
  const work = soon;
  soon = undefined;
  if (started && work) work();
}

/** For pages that ask first: what the visitor allowed. The first call sends the order too. */
function launch(page: Page, wish: Launch): void {
  page.tell('launch', wish);
  if (wish.tracker === true) {
    started = true;
    takeHandOver(page.config);
  }
  if (wish.tracker === false) {
    started = false;
    deleteCookie('sbt');
    if (launched) page.queue.clear();
  }
  if (wish.widgets === false) deleteCookie('spw');
  const then = (): void => {
    if (wish.tracker === true) identify(page);
  };
  if (launched) then();
  else sendOrder(page, then);
  launched = true;
}

/** One documented call an item; the browser finishes it when the page is gone. */
function delivery(config: Values): Delivery {
  const send = ([item]: readonly Item[]): Promise<Response> =>
    fetch(`${base(config)}/track?${(item as Item).data}`, { credentials: 'omit', keepalive: true });
  return {
    most: 1,
    may: () => true,
    send,
    handOver: (items) => {
      for (const item of items) send([item]).catch(nothing);
    },
  };
}

/** `sbtl`, set by the shop's server after a sign-in, becomes the visitor's token. */
function takeHandOver(config: Values): void {
  override(config);
  const given = readCookie('sbtl');
  if (given === null || given === '') return;
  config.sbtl = given;
  if (mayKeep(config)) writeCookie('sbt', given, 'None');
  deleteCookie('sbtl');
}

function mayKeep(config: Values): boolean {
  return config.set_cookie !== false && Number(config.id_facebook) !== 1;
}

/** Everything but an answer 200 ends the chain, as pages expect; an order that found no answer is sent again later. */
function sendOrder({ config, order, queue }: Page, then: () => void): void {
  if (!namesSomebody(order)) {
    // What a page before could not send has time until this one is quiet.
    whenIdle(queue.flush, 1000);
    then();
    return;
  }
  const type = String(order.action || 'order');
  const data = toQuery({
    ...order,
    custom_fields: order.custom_fields || {},
    add_tag: order.add_tag || [],
    del_tag: order.del_tag || [],
    add_order_tag: order.add_order_tag || [],
    del_order_tag: order.del_order_tag || [],
    site: config.public_key,
    source: 'tracker-js',
    customer_cookie: readCookie('sbt') || 'undefined',
  });
  // The same call waiting from a page before is this one.
  const id = type + (order.idorder || order.email || order.external_id);
  listeners.push((what, items, status) => {
    if (what === 'sent' && status === 200 && (items as [Item])[0].id === id) then();
  });
  queue.add({ id, type, at: Date.now(), data });
}

function namesSomebody(order: Values | null): order is Values {
  return order !== null && (isGiven(order.email) || isGiven(order.external_id));
}

function identify({ config, order, tell }: Page): void {
  if (!started) return;
  const query: Values = { publicKey: config.public_key };
  const known: readonly (readonly [string, unknown])[] = [
    ['sbtl', config.sbtl],
    ['email', config.email],
    ['email_md5', config.email_encrypted],
    ['external_id', config.external_id],
    ['email', order?.email],
    ['email_md5', order?.md5],
    ['external_id', order?.external_id],
  ];
  const first = known.find(([, value]) => isGiven(value));
  if (first !== undefined) query[first[0]] = first[1];
  // Our addition: with it the collector keeps the visitor's token instead of making another on each page.
  query.sbt = readCookie('sbt') || null;
  if (readCookie('spw_test') !== null || location.hash === '#testwidgets') query.t = Date.now();
  if (config.id_facebook) query.id_facebook = config.id_facebook;
  if (config.facebook_type) query.facebook_type = config.facebook_type;
  fetch(`${base(config)}/sp-json.php?${toQuery(query)}`, { credentials: 'include', keepalive: true })
    .then((reply) => {
      tell('sp-json', reply.status);
      return reply.status === 200 ? reply.json().then((answer) => receive(config, answer)) : undefined;
    })
    .catch(nothing);
}

function receive(config: Values, answer: unknown): void {
  if (!isValues(answer)) return;
  const { cookie, statsEnabled, vars, crea_dt_gmt } = answer;
  if (started && mayKeep(config) && typeof cookie === 'string' && cookie !== '' && cookie !== '0')
    writeCookie('sbt', cookie, 'None');
  Object.assign(window, {
    spStatsEnabled: statsEnabled === true,
    SPREAD_vars: vars,
    sp_today_date: crea_dt_gmt,
    sbt: readCookie('sbt'),
  });
  announce(document.body);
}

function readConfig(): Values {
  const given = global('spconfig');
  return {
    env: scriptHost(),
    host: location.protocol,
    ...(isValues(given) ? given : legacyConfig()),
  };
}

/** For whoever looks for a fault: cookies that outweigh everything, and the words of debug mode. */
function override(config: Values): Values {
  if (looked) return config;
  looked = true;
  Object.assign(
    config,
    attempt(() => JSON.parse(readCookie('spconfig') || '0')),
  );
  if (config.debug === true || readCookie('spdebug') !== null) load(`${base(config)}/`, 'debug');
  return config;
}

function readOrder(): Values | null {
  const given = global('sporder');
  if (isValues(given)) return given;
  return given === undefined ? legacyOrder() : null;
}

function base(config: Values): string {
  return `${config.host}//${config.env}`;
}

/** The host this script came from. */
function scriptHost(): string {
  return tag?.src ? (tag.src.split('/')[2] as string) : location.host;
}

function whenReady(work: () => void): void {
  if (document.readyState !== 'loading') work();
  else document.addEventListener('DOMContentLoaded', () => attempt(work));
}

function announce(target: EventTarget): void {
  target.dispatchEvent(new Event('SPREAD_ready'));
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '';
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !(value instanceof Node);
}

function nothing(): void {}
