import { en } from './en.ts';
import { bindSpaces, fill, type Values } from './fill.ts';
import { fr, type MessageKey } from './fr.ts';

export type Language = 'fr' | 'en';

export interface Voice {
  readonly language: Language;
  say(key: MessageKey, values?: Values): string;
  /** The word for a code of a closed list; a code of a newer release as it is. */
  word(list: string, code: string): string;
  /** A moment as people of the language write it. */
  time(at: number, zone: string): string;
}

/** The catalogue for pages and mails made on the server. */
export function speak(language: Language): Voice {
  const texts: Readonly<Record<string, string>> = language === 'fr' ? fr : en;
  const bound = (text: string) => (language === 'fr' ? bindSpaces(text) : text);
  return {
    language,
    say: (key, values = {}) => fill(bound(texts[key] ?? key), values),
    word: (list, code) => bound(texts[`${list}.${code}`] ?? code),
    time: (at, zone) =>
      new Intl.DateTimeFormat(language === 'fr' ? 'fr-FR' : 'en-GB', {
        dateStyle: 'long',
        timeStyle: 'short',
        timeZone: zone,
      }).format(at),
  };
}
