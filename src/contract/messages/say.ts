/** Words outside the browser: mails and pages for shoppers. */
import { en } from './en.ts';
import { fill, type Values } from './fill.ts';
import { fr, type MessageKey } from './fr.ts';

export type Language = 'fr' | 'en';

export type Say = (key: MessageKey, values?: Values) => string;

/** `en`, `en-GB`, `EN_us`: English; French for every language we do not speak. */
export function toLanguage(text: string | null): Language {
  return /^en(?![a-z])/i.test(text ?? '') ? 'en' : 'fr';
}

export function sayIn(language: Language): Say {
  const catalogue: Readonly<Record<MessageKey, string>> = language === 'en' ? en : fr;
  return (key, values = {}) => fill(catalogue[key], values);
}
