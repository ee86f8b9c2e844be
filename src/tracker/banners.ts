/**
 * Asks the page's consent banner, whichever it is, what the visitor answered, and tells the tracker. `data-banner` on the tracker's tag
 * names us in the banner: a service (tarteaucitron, Axeptio), a vendor (Didomi), a category (OneTrust, Cookiebot, Google Consent Mode).
 */
import { watchLayer } from './layer.ts';
import { attempt, global } from './page.ts';

type Wild = Record<string, never>;
type Ask = () => boolean;

const name = document.querySelector<HTMLScriptElement>('script[data-banner]')?.dataset.banner || '';

/** undefined: not answered yet. */
function say(granted: boolean | undefined | null): void {
  if (granted === undefined || granted === null) return;
  const state = granted ? 'granted' : 'denied';
  for (const own of ['spread', 'SPREAD'])
    attempt(() => {
      const target = global(own) as { consent?: (state: string) => void } & ((word: string, state: string) => void);
      if (own === 'SPREAD') target.consent?.(state);
      else target('consent', state);
    });
}

/** Each answers true once it is there and listened to. A banner of its own name before the standards it may speak too. */
const asks: readonly Ask[] = [
  function tarteaucitron() {
    const service = name || 'spread';
    const tac = global('tarteaucitron') as Wild | undefined;
    if (!tac) return false;
    const look = (): void => say((tac.state as Record<string, boolean | undefined> | undefined)?.[service]);
    document.addEventListener(`${service}_allowed`, () => say(true));
    document.addEventListener(`${service}_loaded`, () => say(true));
    document.addEventListener(`${service}_disallowed`, () => say(false));
    look();
    return true;
  },
  function axeptio() {
    const waiting = global('_axcb') || (global('axeptioSettings') && []);
    if (!Array.isArray(waiting) && !waiting) return false;
    const calls = waiting as {
      push(call: (sdk: { on(what: string, then: (choices: Wild) => void): void }) => void): void;
    };
    if (!global('_axcb')) Object.assign(window, { _axcb: calls });
    calls.push((sdk) => sdk.on('cookies:complete', (choices) => say(!!choices[name || 'spread'])));
    return true;
  },
  function didomi() {
    const waiting = global('didomiOnReady') || (global('Didomi') && []);
    if (!waiting) return false;
    const vendor = name || 'c:spread';
    const listen = (sdk: {
      getCurrentUserStatus(): { vendors: Record<string, { enabled: boolean } | undefined> };
      shouldUserStatusBeCollected(): boolean;
      on(what: string, then: () => void): void;
    }): void => {
      const look = (): void => {
        if (!sdk.shouldUserStatusBeCollected()) say(!!sdk.getCurrentUserStatus().vendors[vendor]?.enabled);
      };
      sdk.on('consent.changed', look);
      look();
    };
    if (!global('didomiOnReady')) Object.assign(window, { didomiOnReady: waiting });
    (waiting as { push(call: typeof listen): void }).push(listen);
    return true;
  },
  function oneTrust() {
    if (!global('OneTrust') && !global('OptanonWrapper')) return false;
    const look = (): void => {
      const sdk = global('OneTrust') as { IsAlertBoxClosed?(): boolean } | undefined;
      const groups = String(global('OnetrustActiveGroups') || '');
      if (sdk?.IsAlertBoxClosed?.()) say(groups.split(',').indexOf(name || 'C0002') >= 0);
    };
    addEventListener('OneTrustGroupsUpdated', look);
    look();
    return true;
  },
  function cookiebot() {
    if (!global('Cookiebot')) return false;
    const look = (): void => {
      const sdk = global('Cookiebot') as { hasResponse?: boolean; consent?: Record<string, boolean> };
      if (sdk.hasResponse) say(!!sdk.consent?.[name || 'statistics']);
    };
    for (const what of ['CookiebotOnConsentReady', 'CookiebotOnAccept', 'CookiebotOnDecline'])
      addEventListener(what, look);
    look();
    return true;
  },
  /** Purposes 1 (store on the device) and 8 (measure): we are on no vendor list, the shop asks for itself. */
  function tcf() {
    const api = global('__tcfapi');
    if (typeof api !== 'function') return false;
    api('addEventListener', 2, (data: Wild & { purpose?: { consents?: Record<number, boolean> } }, ok: boolean) => {
      if (!ok) return;
      const { eventStatus, gdprApplies, purpose } = data as unknown as {
        eventStatus: string;
        gdprApplies?: boolean;
        purpose?: { consents?: Record<number, boolean> };
      };
      if (gdprApplies === false) say(true);
      else if (eventStatus !== 'cmpuishown') say(!!(purpose?.consents?.[1] && purpose.consents[8]));
    });
    return true;
  },
  function googleConsentMode() {
    const layer = global('dataLayer');
    if (!Array.isArray(layer) || !layer.some((entry) => entry && entry[0] === 'consent')) return false;
    watchLayer((entry) => {
      if (entry[0] !== 'consent') return;
      const value = (entry[2] as Record<string, string> | undefined)?.[name || 'analytics_storage'];
      // A default that waits for an update is no answer, and neither is a default at all.
      if (entry[1] === 'update' && value) say(value === 'granted');
    });
    return true;
  },
];

/** Banners come late: looked for until the page has been there for a while. */
function look(wait: number): void {
  if (!asks.some((ask) => attempt(ask)) && wait < 20_000) setTimeout(look, wait, wait * 2);
}

look(100);
