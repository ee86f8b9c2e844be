/** The words of the screens: French first, English on demand; only the language in use is loaded. */
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';
import type { MessageKey } from '#contract/messages/fr.ts';

export type Language = 'fr' | 'en';
export const languages: readonly Language[] = ['fr', 'en'];

type PluralKey = MessageKey extends infer Key ? (Key extends `${infer Name}_one` ? Name : never) : never;
type Values = Readonly<Record<string, string | number>>;
export type Say = (key: MessageKey | PluralKey, values?: Values) => string;

const stored = 'spread-language';

async function load(language: Language): Promise<void> {
  if (i18next.hasResourceBundle(language, 'translation')) return;
  const texts =
    language === 'fr' ? (await import('#contract/messages/fr.ts')).fr : (await import('#contract/messages/en.ts')).en;
  i18next.addResourceBundle(language, 'translation', language === 'fr' ? bound(texts) : texts);
}

/** French sets a space before : ; ! ? and inside « »; no line may break there. */
function bound(texts: Readonly<Record<string, string>>): Record<string, string> {
  const bind = (text: string) => text.replace(/ ([:;!?»])/g, '\u00a0$1').replace(/« /g, '«\u00a0');
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, bind(text)]));
}

export async function startText(): Promise<void> {
  const language: Language = localStorage.getItem(stored) === 'en' ? 'en' : 'fr';
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
  await load(language);
  document.documentElement.lang = language;
}

export async function changeLanguage(language: Language): Promise<void> {
  await load(language);
  await i18next.changeLanguage(language);
  localStorage.setItem(stored, language);
  document.documentElement.lang = language;
}

export function useText(): Say {
  const { t } = useTranslation();
  return (key, values) => t(key, { ...values });
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === 'en' ? 'en' : 'fr';
}

type WordList =
  | 'outbox.kind'
  | 'imports.kind'
  | 'orderText'
  | 'imports.state'
  | 'imports.result'
  | 'imports.column'
  | 'imports.meaning'
  | 'imports.separator'
  | 'imports.dates'
  | 'imports'
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

/** The word for a code the server sent; a code of a newer release shows as it is. */
export function useWord(): (list: WordList, code: string) => string {
  const { t } = useTranslation();
  return (list, code) => t(`${list}.${code}`, { defaultValue: code });
}
