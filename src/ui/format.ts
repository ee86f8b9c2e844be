import { useLanguage } from './text.ts';

export interface Format {
  date(at: number): string;
  /** Without the year. */
  dayMonth(at: number): string;
  dateTime(at: number): string;
  /** Hours, minutes and seconds. */
  time(at: number): string;
  money(minor: number, currency: string): string;
  number(value: number): string;
}

/** Dates and times in the shop's zone, amounts in the reader's format. */
export function useFormat(zone: string): Format {
  return formatOf(useLanguage() === 'fr' ? 'fr-FR' : 'en-GB', zone);
}

const formats = new Map<string, Format>();

/** The browser's own formats take long to make: each once for a language and a zone. */
function formatOf(locale: string, zone: string): Format {
  const key = `${locale} ${zone}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  const made = makeFormat(locale, zone);
  formats.set(key, made);
  return made;
}

function makeFormat(locale: string, zone: string): Format {
  const times = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    return (at: number) => format.format(at);
  };
  const numbers = new Intl.NumberFormat(locale);
  const amounts = new Map<string, (minor: number) => string>();
  const amountIn = (currency: string) => {
    const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
    const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
    const write = (minor: number) => format.format(minor / 10 ** digits);
    amounts.set(currency, write);
    return write;
  };
  return {
    date: times({ dateStyle: 'medium' }),
    dayMonth: times({ day: 'numeric', month: 'short' }),
    dateTime: times({ dateStyle: 'medium', timeStyle: 'short' }),
    time: times({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    money: (minor, currency) => (amounts.get(currency) ?? amountIn(currency))(minor),
    number: (value) => numbers.format(value),
  };
}
