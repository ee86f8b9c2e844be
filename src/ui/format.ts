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
  const locale = useLanguage() === 'fr' ? 'fr-FR' : 'en-GB';
  const times = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
    return (at: number) => format.format(at);
  };
  return {
    date: times({ dateStyle: 'medium' }),
    dayMonth: times({ day: 'numeric', month: 'short' }),
    dateTime: times({ dateStyle: 'medium', timeStyle: 'short' }),
    time: times({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    money: (minor, currency) => {
      const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
      return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
    },
    number: (value) => new Intl.NumberFormat(locale).format(value),
  };
}
