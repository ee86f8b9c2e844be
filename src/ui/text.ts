/** The words of the screens: French first, English on demand; only the language in use is loaded. */
import { useSyncExternalStore } from 'react';
import { bindSpaces, fill, type Values } from '#contract/messages/fill.ts';
import type { MessageKey } from '#contract/messages/fr.ts';

export type Language = 'fr' | 'en';
export const languages: readonly Language[] = ['fr', 'en'];

type PluralKey = MessageKey extends infer Key ? (Key extends `${infer Name}_one` ? Name : never) : never;
/** Of a text with `_one` and `_other`, `count` chooses. */
export type Say = (key: MessageKey | PluralKey, values?: Values) => string;

interface Speech {
  readonly language: Language;
  /** null: no such text. */
  find(key: string, values: Values): string | null;
  readonly say: Say;
}

const stored = 'spread-language';
const known = new Map<Language, Speech>();
const listeners = new Set<() => void>();
let spoken: Speech | null = null;

async function load(language: Language): Promise<Speech> {
  const ready = known.get(language);
  if (ready !== undefined) return ready;
  const texts =
    language === 'fr' ? (await import('#contract/messages/fr.ts')).fr : (await import('#contract/messages/en.ts')).en;
  const bound = Object.entries(texts).map(([key, text]) => [key, language === 'fr' ? bindSpaces(text) : text] as const);
  const made = speechOf(language, Object.fromEntries(bound));
  known.set(language, made);
  return made;
}

function speechOf(language: Language, texts: Readonly<Record<string, string>>): Speech {
  const locale = language === 'fr' ? 'fr-FR' : 'en-GB';
  const plural = new Intl.PluralRules(locale);
  const number = new Intl.NumberFormat(locale);
  const find = (key: string, values: Values): string | null => {
    const { count } = values;
    const text =
      typeof count === 'number'
        ? (texts[`${key}_${plural.select(count)}`] ?? texts[`${key}_other`] ?? texts[key])
        : texts[key];
    if (text === undefined) return null;
    return fill(text, typeof count === 'number' ? { ...values, count: number.format(count) } : values);
  };
  return { language, find, say: (key, values = {}) => find(key, values) ?? key };
}

async function speak(language: Language): Promise<void> {
  spoken = await load(language);
  document.documentElement.lang = language;
  for (const heard of listeners) heard();
}

export function startText(): Promise<void> {
  return speak(localStorage.getItem(stored) === 'en' ? 'en' : 'fr');
}

export async function changeLanguage(language: Language): Promise<void> {
  await speak(language);
  localStorage.setItem(stored, language);
}

function useSpeech(): Speech {
  const speech = useSyncExternalStore(listen, () => spoken);
  if (speech === null) throw new Error('asked before startText');
  return speech;
}

function listen(heard: () => void): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

export function useText(): Say {
  return useSpeech().say;
}

export function useLanguage(): Language {
  return useSpeech().language;
}

/** What there is of several pieces of news as one line: with a capital, a middle dot between them. */
export function dotted(parts: readonly (string | null | undefined)[]): string {
  return capital(parts.filter((part) => part !== '' && part !== null && part !== undefined).join(' · '));
}

export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

export type WordList =
  | 'common'
  | 'exports.kind'
  | 'outbox.kind'
  | 'imports.kind'
  | 'orderText'
  | 'connections.fault'
  | 'imports.state'
  | 'imports.result'
  | 'imports.column'
  | 'imports.meaning'
  | 'imports.separator'
  | 'imports.dates'
  | 'imports'
  | 'imports.via'
  | 'sources.every'
  | 'sources.weekday'
  | 'sources.outcome'
  | 'sourceFault'
  | 'webhooks.kind'
  | 'audit'
  | 'role'
  | 'job'
  | 'audit.about'
  | 'webhooks.delivery'
  | 'outbound'
  | 'siteCheck.found'
  | 'siteCheck.level'
  | 'payment'
  | 'refund'
  | 'fulfilment'
  | 'reason'
  | 'fix'
  | 'status'
  | 'cause'
  | 'outcome'
  | 'kind'
  | 'source'
  | 'field'
  | 'ground'
  | 'purpose'
  | 'channel'
  | 'activity'
  | 'event'
  | 'cart'
  | 'objections.why'
  | 'rights.kind'
  | 'retention.kind'
  | 'retention.about'
  | 'rights.cameBy'
  | 'rights.state'
  | 'rights.how'
  | 'rights.refusal'
  | 'rights.extend'
  | 'rights.step'
  | 'rights.by'
  | 'rights.eraseReason'
  | 'guard.no';

/** What a language is called, by its code (ISO 639-1). */
export function useLanguageNames(): (code: string) => string {
  const { language } = useSpeech();
  const names = new Intl.DisplayNames([language], { type: 'language' });
  return (code) => names.of(code) ?? code;
}

/** The word for a code the server sent; a code of a newer release shows as it is. */
export function useWord(): (list: WordList, code: string) => string {
  const { find } = useSpeech();
  return (list, code) => find(`${list}.${code}`, {}) ?? code;
}
