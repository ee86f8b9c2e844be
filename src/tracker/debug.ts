/** What the tracker does, said in the console for a person to read. `spread('debug')` loads it. */
import type { SpreadEvent } from './api.ts';

const sentences: Record<string, (names: string, status: unknown, seconds: number) => string> = {
  sent: (names, status) => `sent: ${names}. The server has it (${status}).`,
  waiting: (names, status, seconds) =>
    `not sent yet: ${names}. ${status ? `The server answered ${status}` : 'No answer: offline, or blocked by something in this browser'}; again in ${Math.round(seconds)} s. It is kept in this browser until then.`,
  held: (names) => `held back: ${names}. Consent is pending: it stays in this page's memory until the visitor answers.`,
  dropped: (names) => `let go: ${names}. Consent was refused, or too much was waiting.`,
  refused: (names, status) => `refused: ${names}. The server answered ${status}: check the public key and the data.`,
  handed: (names) => `handed to the browser while the page goes away: ${names}.`,
};

function print(...words: unknown[]): void {
  // biome-ignore lint/suspicious/noConsole: debug mode is for the console
  console.log('%cspread', 'background:#3b5bdb;color:#fff;border-radius:3px;padding:1px 5px', ...words);
}

window.spread('on', '*', (what, first, status, seconds) => {
  if (what === 'consent') {
    print(`consent is now ${String(first)}.`);
    return;
  }
  const events = Array.isArray(first) ? (first as SpreadEvent[]) : [];
  const sentence = sentences[String(what)];
  if (sentence) print(sentence(events.map(({ type }) => type).join(', '), status, Number(seconds)), events);
});
print('debug mode is on: every event is told here.');
