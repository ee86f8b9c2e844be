/** Dates as a file writes them: one order of day, month and year throughout (rules §8). */
import type { StatedTime } from '#domain/facts.ts';
import { isDate, statedTime } from '../values.ts';
import { type DateOrder, dateOrders } from './line.ts';

const slashed = /^(\d{1,4})[/.-](\d{1,2})[/.-](\d{1,4})(?:[T ]+(\d{1,2}):(\d\d)(?::(\d\d))?(?:\.\d+)?)?$/;

/** null: it states nothing (`0000-00-00`). A year first, or ISO with a zone, is read whatever the file's order. */
export function importTime(text: string, order: DateOrder): StatedTime | null | 'invalid' {
  const match = slashed.exec(text.trim());
  if (match === null || match[1]?.length === 4) return statedTime(padded(text));
  const [, first = '', second = '', year = '', hour, minute, seconds = '00'] = match;
  if (order === 'ymd' || year.length !== 4) return 'invalid';
  const [day, month] = order === 'dmy' ? [first, second] : [second, first];
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  if (/^0{1,2}$/.test(day) && /^0{1,2}$/.test(month)) return null;
  if (!isDate(date)) return 'invalid';
  if (hour === undefined) return { date };
  return statedTime(`${date} ${hour.padStart(2, '0')}:${minute}:${seconds}`);
}

/** `2026/1/5` and `2026-01-05 9:30` as `statedTime` takes them. */
function padded(text: string): string {
  const match = slashed.exec(text.trim());
  if (match === null) return text.trim().replace(/ ([+-]\d\d:?\d\d|Z|UTC)$/, (zone) => zone.trim().replace('UTC', 'Z'));
  const [, year = '', month = '', day = '', hour, minute, seconds = '00'] = match;
  const date = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return hour === undefined ? date : `${date} ${hour.padStart(2, '0')}:${minute}:${seconds}`;
}

/** The orders under which every one of these texts is a date; texts that state nothing fit any. */
export function fittingOrders(texts: readonly string[]): readonly DateOrder[] {
  return dateOrders.filter((order) => texts.every((text) => importTime(text, order) !== 'invalid'));
}
