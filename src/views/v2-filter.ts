import { type RawBuilder, sql } from 'kysely';

/** What the v2 lists may be asked: times as SPREAD's filters name them, a page by offset. */
export interface V2Page {
  readonly startAt: number;
  readonly maxResults: number;
  /** The last row of the page before, where the caller followed our own address of the next one: it stands over `startAt`. */
  readonly after: V2Place | null;
}

/** Where a row stands in its list, for good. */
export interface V2Place {
  readonly createdAt: Date;
  readonly id: number;
}

/** A moment as the caller wrote it: with a zone, or `YYYY-MM-DD HH:MM:SS` in the shop's (rules §1). */
export type V2Moment = { readonly at: Date } | { readonly local: string };

export interface V2TimeFilter {
  readonly createdAfter: V2Moment | null;
  readonly createdBefore: V2Moment | null;
  readonly modifiedAfter: V2Moment | null;
  readonly modifiedBefore: V2Moment | null;
}

const pattern = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(Z|[+-]\d{2}:?\d{2})?$/;

/** null: not a date we read. Nothing here can fail later in SQL. */
export function readMoment(text: string): V2Moment | null {
  const [, date = '', time = '00:00:00', zone] = pattern.exec(text.trim()) ?? [];
  const day = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date || date < '1900') return null;
  const iso = zone === undefined || zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const at = new Date(`${date}T${time}${iso ?? 'Z'}`);
  if (Number.isNaN(at.getTime())) return null;
  return zone === undefined ? { local: `${date} ${time}` } : { at };
}

/** A moment as SQL; `zone` is the shop's IANA zone. */
export function momentSql(moment: V2Moment, zone: string): RawBuilder<Date> {
  return 'at' in moment
    ? sql<Date>`${moment.at}::timestamptz`
    : sql<Date>`(${moment.local}::timestamp at time zone ${zone})`;
}
