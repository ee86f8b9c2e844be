import { en } from './en.ts';
import { fr, type MessageKey } from './fr.ts';

export type Language = 'fr' | 'en';
type Values = Readonly<Record<string, string | number>>;

export interface Voice {
  readonly language: Language;
  say(key: MessageKey, values?: Values): string;
  /** The word for a code of a closed list; a code of a newer release as it is. */
  word(list: string, code: string): string;
  /** A moment as people of the language write it. */
  time(at: number, zone: string): string;
}

/** The catalogue for pages and mails made on the server. French sets its narrow spaces before : ; ! ? and inside « ». */
export function speak(language: Language): Voice {
  const texts: Readonly<Record<string, string>> = language === 'fr' ? fr : en;
  const bound = (text: string) =>
    language === 'fr' ? text.replace(/ ([:;!?»])/g, '\u00a0$1').replace(/« /g, '«\u00a0') : text;
  const fill = (text: string, values: Values) =>
    text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
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
