/** What either tracker does, said in the console for a person to read. Loaded when asked for: by `spread('debug')`, `spconfig.debug` or a bookmark. */
import type { SpreadEvent } from './api.ts';
import { global } from './page.ts';

type Order = Record<string, unknown>;

const sentences: Record<string, (names: string, status: unknown, seconds: number) => string> = {
  sent: (names, status) => `sent: ${names}. The server has it (${status}).`,
  waiting: (names, status, seconds) =>
    `not sent yet: ${names}. ${status ? `The server answered ${status}` : 'No answer: offline, or blocked by something in this browser'}; again in ${Math.round(seconds)} s. It is kept in this browser until then.`,
  held: (names) => `held back: ${names}. Consent is pending: it stays in this page's memory until the visitor answers.`,
  dropped: (names) => `let go: ${names}. Consent was refused, or too much was waiting.`,
  refused: (names, status) => `refused: ${names}. The server answered ${status}: check the public key and the data.`,
  handed: (names) => `handed to the browser while the page goes away: ${names}.`,
};

/** What the drop-in alone says: its page has one order at most, and a visit. */
const legacySentences: Record<string, (first: unknown, second: unknown) => string> = {
  held: (order, why) => {
    held = nameOf(order as Order | null);
    return `held back: ${held}. ${why ? 'spAutoload is false: nothing is sent before SPREAD.launch({ tracker: true })' : 'A cookie banner was found on this page: nothing is sent and nothing is kept until the visitor answers'}.`;
  },
  consent: (state) => {
    const forgotten = state === 'denied' && held ? ` Let go: ${held}.` : '';
    if (state !== 'pending') held = '';
    return `consent is now ${String(state)}.${forgotten}`;
  },
  launch: (wish) => `SPREAD.launch(${JSON.stringify(wish)}) was called.`,
  'sp-json': (status) => `sent: the visit. The server answered ${String(status)}.`,
};

/** Of the drop-in, until the visitor answers. */
let held = '';

function nameOf(order: Order | null): string {
  return order ? `${order.action || 'order'} ${order.idorder || ''} and the visit`.replace('  ', ' ') : 'the visit';
}

function print(...words: unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: debug mode is for the console
  console.log('%cspread', 'background:#3b5bdb;color:#fff;border-radius:3px;padding:1px 5px', ...words);
}

function hear(what: string, first?: unknown, status?: unknown, seconds?: unknown): void {
  const sentence = sentences[what];
  if (Array.isArray(first) && sentence)
    print(sentence((first as SpreadEvent[]).map(({ type }) => type).join(', '), status, Number(seconds)), first);
  else if (legacySentences[what]) print(legacySentences[what](first, status), ...(what === 'held' ? [first] : []));
  else print(what);
}

/** Once a page, however often it is asked for. */
function isNew(tracker: unknown): tracker is object {
  if (!tracker || 'debugged' in (tracker as object)) return false;
  Object.assign(tracker, { debugged: true });
  return true;
}

const modern = global('spread');
const legacy = global('SPREAD') as { told?: unknown[][] } | undefined;
const hasModern = isNew(modern);
const hasLegacy = isNew(legacy);
if (hasModern || hasLegacy) print('debug mode is on: every event is told here.');
else if (!modern && !legacy) print('no tracker was found on this page.');
if (hasModern) window.spread('on', '*', hear);
if (hasLegacy) {
  const told = legacy?.told || [];
  for (const words of told) hear(...(words as [string]));
  told.push = (words) => {
    hear(...(words as [string]));
    return 0;
  };
}
