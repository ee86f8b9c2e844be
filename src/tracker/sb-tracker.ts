/** The script of a shop's pages: sends what the published one sends (legacy wire §1). It never throws into the page. */
import { legacyConfig, legacyOrder, type Values } from './legacy-globals.ts';
import { cookieDomains, deleteCookie, global, readCookie, writeCookie } from './page.ts';
import { toQuery } from './query.ts';

interface Launch {
  readonly tracker?: boolean;
  readonly widgets?: boolean;
}

// Read at once: it is gone when the page is ready.
const scriptUrl = document.currentScript instanceof HTMLScriptElement ? document.currentScript.src : '';
let launched = false;

guard(main);

function main(): void {
  const config = readConfig();
  const order = readOrder();
  const log = (...words: unknown[]): void => {
    // biome-ignore lint/suspicious/noConsole: `spconfig.debug` asks for it
    if (config.debug === true) console.log('[spread]', ...words);
  };
  const api = {
    init: () => guard(() => start(config, order, log)),
    launch: (wish: Launch) => guard(() => launch(config, order, wish ?? {}, log)),
    openWidget: nothing,
    reduceWidget: nothing,
    destroyWidget: nothing,
    loadOneWidget: () => log('method not supported'),
  };
  Object.assign(window, { SPREAD: api });
  if (!config.public_key) {
    log('public_key missing');
    announce(window);
  } else if (global('spAutoload') === false) announce(window);
  else whenReady(() => start(config, order, log));
}

type Log = (...words: unknown[]) => void;

function start(config: Values, order: Values | null, log: Log): void {
  takeHandOver(config);
  sendOrder(config, order, log, () => identify(config, order, log));
}

/** For pages that ask first: what the visitor allowed. The first call sends the order too. */
function launch(config: Values, order: Values | null, wish: Launch, log: Log): void {
  if (wish.tracker === true) takeHandOver(config);
  if (wish.tracker === false) deleteCookie('sbt');
  if (wish.widgets === false) deleteCookie('spw');
  const then = (): void => {
    if (wish.tracker === true) identify(config, order, log);
  };
  if (launched) then();
  else sendOrder(config, order, log, then);
  launched = true;
}

/** `sbtl`, set by the shop's server after a sign-in, becomes the visitor's token. */
function takeHandOver(config: Values): void {
  const given = readCookie('sbtl');
  if (given === null || given === '') return;
  config.sbtl = given;
  if (config.set_cookie !== false && Number(config.id_facebook) !== 1) writeCookie('sbt', given);
  deleteCookie('sbtl');
}

/** Everything but an answer 200 ends the chain, as pages expect. */
function sendOrder(config: Values, order: Values | null, log: Log, then: () => void): void {
  if (order === null || !(isGiven(order.email) || isGiven(order.external_id))) {
    then();
    return;
  }
  const query = toQuery({
    ...order,
    custom_fields: order.custom_fields ?? {},
    add_tag: order.add_tag ?? [],
    del_tag: order.del_tag ?? [],
    add_order_tag: order.add_order_tag ?? [],
    del_order_tag: order.del_order_tag ?? [],
    site: config.public_key,
    source: 'tracker-js',
    customer_cookie: readCookie('sbt') ?? 'undefined',
  });
  get(`${base(config)}/track?${query}`, false, (status) => {
    log('track', status);
    if (status === 200) then();
  });
}

function identify(config: Values, order: Values | null, log: Log): void {
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
  get(`${base(config)}/sp-json.php?${toQuery(query)}`, true, (status, text) => {
    log('sp-json', status);
    if (status === 200) receive(config, JSON.parse(text));
  });
}

function receive(config: Values, answer: unknown): void {
  if (!isValues(answer)) return;
  const { cookie, statsEnabled, vars, crea_dt_gmt } = answer;
  const mayWrite = config.set_cookie !== false && Number(config.id_facebook) !== 1;
  if (mayWrite && typeof cookie === 'string' && cookie !== '' && cookie !== '0') writeCookie('sbt', cookie);
  Object.assign(window, { spStatsEnabled: statsEnabled === true, SPREAD_vars: vars, sp_today_date: crea_dt_gmt });
  Object.assign(window, { sbt: readCookie('sbt') });
  announce(document.body);
}

function readConfig(): Values {
  const given = global('spconfig');
  const own = isValues(given) ? given : legacyConfig();
  const config: Values = {
    env: scriptHost(),
    host: location.protocol,
    public_key: false,
    debug: false,
    set_cookie: true,
    domain: cookieDomains()[0],
    ...own,
    ...aid(),
  };
  if (readCookie('spdebug') !== null) config.debug = true;
  return config;
}

/** The cookie `spconfig` overrides everything: for whoever looks for a fault. */
function aid(): Values {
  try {
    const parsed: unknown = JSON.parse(readCookie('spconfig') ?? '{}');
    return isValues(parsed) ? parsed : {};
  } catch {
    return {};
  }
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
  const own = document.getElementById('spread-tracker');
  const url = scriptUrl || (own instanceof HTMLScriptElement ? own.src : '');
  return url === '' ? location.host : new URL(url).host;
}

function get(url: string, withCredentials: boolean, done: (status: number, text: string) => void): void {
  const request = new XMLHttpRequest();
  request.open('GET', url, true);
  request.withCredentials = withCredentials;
  request.onload = () => guard(() => done(request.status, request.responseText));
  request.send();
}

function whenReady(work: () => void): void {
  if (document.readyState !== 'loading') work();
  else document.addEventListener('DOMContentLoaded', () => guard(work));
}

function announce(target: EventTarget): void {
  target.dispatchEvent(new Event('SPREAD_ready'));
}

function guard(work: () => void): void {
  try {
    work();
  } catch {
    // The shop's page goes on without us.
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && value !== '';
}

function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !(value instanceof Node);
}

function nothing(): void {}
