/** The modern tracker: `spread(…)` on the page, `POST /collect` on the wire. Nothing before consent, nothing lost after it. */
import type { Spread, SpreadConsent, SpreadCustomer } from './api.ts';
import { attempt, deleteCookie, load, readCookie, type Tell, writeCookie } from './page.ts';
import { type Item, isLight, openQueue } from './queue.ts';

type Call = Iterable<unknown>;

attempt(() => {
  const before = (window.spread || {}) as { v?: 1; q?: Call[] };
  // `currentScript` is there for the page's own tag and for one that a tag manager made.
  const tag = (document.currentScript || document.querySelector('script[data-key]')) as HTMLScriptElement;
  const options = tag.dataset;
  // Loaded twice: the first one stays.
  if (before.v) return;
  const base = options.host || tag.src.replace(/js\/[^/]*$/, '');
  const url = `${base}collect?key=${options.key}`;
  const mayKeep = options.cookie !== 'false';
  const handlers: [what: string, handler: (...details: unknown[]) => void][] = [];
  let consent = (options.consent || 'pending') as SpreadConsent;
  let by = 'page';
  let held: Item[] = [];
  let person: SpreadCustomer | undefined;
  let last = 0;
  // An answer to what was sent before a reset is about the person before it.
  let resets = 0;

  // A browser that says no for its person outweighs what the page assumes, not what the person answers.
  if (consent === 'granted' && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl)
    consent = 'denied';

  const tell: Tell = (what, ...details) => {
    for (const [wanted, handler] of handlers)
      attempt(() => {
        if (wanted === '*') handler(what, ...details);
        else if (wanted === what) handler(...details);
      });
  };

  const body = (events: readonly Item[]): string =>
    JSON.stringify({
      sentAt: Date.now(),
      token: readCookie('sbtl') || readCookie('sbt'),
      consent: by,
      cookie: mayKeep,
      events,
    });

  // A text body asks no other origin for leave first.
  const post = (events: readonly Item[]): Promise<Response> =>
    fetch(url, { method: 'POST', body: body(events), keepalive: true });

  const queue = openQueue(
    `spread.${options.key}.`,
    {
      most: 50,
      may: () => consent === 'granted',
      send: async (events) => {
        const sentIn = resets;
        const answer = await post(events);
        const { token } = await answer.json().catch(() => ({}));
        if (token && mayKeep && sentIn === resets && consent === 'granted') writeCookie('sbt', token);
        return answer;
      },
      handOver: (events) => {
        if (!attempt(() => navigator.sendBeacon(url, body(events)))) post(events).catch(() => {});
      },
    },
    tell,
  );

  const add = (item: Item): void => {
    if (consent === 'granted') queue.add(item);
    else if (consent === 'pending' && (held.length < 100 || !isLight(item.type))) {
      held.push(item);
      tell('held', [item]);
    } else tell('dropped', [item]);
  };

  const record = (type: string, data?: { customer?: SpreadCustomer }): void => {
    // Two events of one moment keep their order.
    last = Math.max(Date.now(), last + 1);
    add({
      id: last.toString(36) + Math.random(),
      type,
      at: last,
      // Pages and products are nobody's.
      data: person && !isLight(type) ? { ...data, customer: { ...person, ...data?.customer } } : data,
    });
  };

  const reset = (): void => {
    resets++;
    person = undefined;
    attempt(() => delete sessionStorage.spread);
    deleteCookie('sbt');
    deleteCookie('sbtl');
  };

  // All other words are events.
  const commands: Record<string, (a: never, b: never) => void> = {
    identify(customer: SpreadCustomer) {
      person = { ...person, ...customer };
      const mark = JSON.stringify(person);
      if (consent === 'granted') {
        // Told once a tab, not on every page.
        if (attempt(() => sessionStorage.spread) === mark) return;
        attempt(() => {
          sessionStorage.spread = mark;
        });
      }
      record('identify');
    },
    consent(state: SpreadConsent) {
      if (consent === state) return;
      consent = state;
      by = 'banner';
      tell('consent', state);
      if (state === 'pending') return;
      const waiting = held;
      held = [];
      waiting.forEach(add);
      if (state === 'granted') queue.flush();
      else {
        queue.clear();
        reset();
      }
    },
    reset,
    on(what: string, handler: (...details: unknown[]) => void) {
      handlers.push([what, handler]);
      // Who hears everything, as debug mode does, may come late.
      if (what === '*' && held[0]) handler('held', held);
    },
    debug() {
      load(base, 'debug');
    },
  };

  const run = (call: Call): void => {
    const [name, first, second] = call as [string, never, never];
    attempt(() => (commands[name] ? commands[name](first, second) : record(name, first)));
  };

  window.spread = Object.assign((...call: unknown[]) => run(call), { v: 1, q: { push: run } }) as unknown as Spread;
  (before.q || []).forEach(run);
  record('page');
  for (const name of (options.with || '').split(' ')) if (name) load(base, name);
  addEventListener('online', queue.flush);
  addEventListener('pagehide', queue.leave);
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) queue.leave();
  });
});
