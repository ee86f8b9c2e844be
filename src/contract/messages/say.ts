/** Words outside the browser: mails and pages for shoppers. */
import { en } from './en.ts';
import { fr, type MessageKey } from './fr.ts';

export type Language = 'fr' | 'en';

export type Say = (key: MessageKey, values?: Readonly<Record<string, string | number>>) => string;

/** `en`, `en-GB`, `EN_us`: English; French for every language we do not speak. */
export function toLanguage(text: string | null): Language {
  return /^en(?![a-z])/i.test(text ?? '') ? 'en' : 'fr';
}

export function sayIn(language: Language): Say {
  const catalogue: Readonly<Record<MessageKey, string>> = language === 'en' ? en : fr;
  return (key, values = {}) =>
    catalogue[key].replace(/\{\{(\w+)\}\}/g, (whole, name: string) => String(values[name] ?? whole));
}
