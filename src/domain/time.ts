/** Stated times become instants here, once: the shop's zone, the end or start of a day, never later than arrival (rules §1, §4). */
import type { Instant, StatedTime } from './facts.ts';

export interface ResolvedTime {
  readonly at: Instant;
  /** The statement carried an own time. */
  readonly own: boolean;
  /** It lay after arrival and was cut to it (`time.future`). */
  readonly cut: boolean;
}

/** The own time of a statement, else its arrival. `edge`: which end of a day a date alone means. */
export function ownTime(
  stated: StatedTime | null,
  arrivedAt: Instant,
  zone: string,
  edge: 'start' | 'end',
): ResolvedTime {
  if (stated === null) return { at: arrivedAt, own: false, cut: false };
  const at = instantOf(stated, arrivedAt, zone, edge);
  // The present day ends after arrival: only one that is yet to begin is a mistake.
  if (at > arrivedAt) return { at: arrivedAt, own: true, cut: instantOf(stated, arrivedAt, zone, 'start') > arrivedAt };
  return { at, own: true, cut: false };
}

/** `arrivedAt`: when the statement came, which stands for its sending. */
export function instantOf(stated: StatedTime, arrivedAt: Instant, zone: string, edge: 'start' | 'end'): Instant {
  if ('at' in stated) return stated.at;
  if ('ago' in stated) return arrivedAt - stated.ago;
  if ('local' in stated) return zonedInstant(stated.local, stated.zone ?? zone);
  if (edge === 'start') return zonedInstant(`${stated.date}T00:00:00`, zone);
  const next = new Date(Date.parse(`${stated.date}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
  return zonedInstant(`${next}T00:00:00`, zone) - 1;
}

export const dayMs = 86_400_000;

/** The calendar day (`YYYY-MM-DD`) of an instant in a zone. */
export function dayOf(at: Instant, zone: string): string {
  const day = Math.floor((at + zoneOffset(at, zone)) / dayMs);
  const known = dayTexts.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * dayMs).toISOString().slice(0, 10);
  if (dayTexts.size > 5_000) dayTexts.clear();
  dayTexts.set(day, text);
  return text;
}

const dayTexts = new Map<number, string>();

/** ISO 8601 on the wall clock of a zone, with its offset: `2026-03-31T23:30:00+02:00`; milliseconds where there are any. */
export function zonedText(at: Instant, zone: string): string {
  const offset = zoneOffset(at, zone);
  const wall = new Date(at + offset).toISOString().slice(0, -1).replace('.000', '');
  const minutes = Math.abs(Math.round(offset / 60_000));
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${wall}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Days since 1899-12-30 on the wall clock of a zone: how spreadsheets count. */
export function spreadsheetDay(at: Instant, zone: string): number {
  return (at + zoneOffset(at, zone)) / dayMs + 25_569;
}

/** An hour that a clock change skips or repeats is taken with the offset before the change. */
function zonedInstant(local: string, zone: string): Instant {
  const wall = Date.parse(`${local}Z`);
  const guess = wall - zoneOffset(wall - zoneOffset(wall, zone), zone);
  const before = wall - zoneOffset(guess - 3 * 3_600_000, zone);
  return before + zoneOffset(before, zone) === wall ? before : guess;
}

const formats = new Map<string, Intl.DateTimeFormat>();
/** By zone and quarter of an hour. */
const offsets = new Map<string, Map<number, number>>();
const quarterHour = 900_000;

/** By zone and UTC day: the offset of the whole day; null where it changes on that day. */
const dayOffsets = new Map<string, Map<number, number | null>>();

/** Milliseconds to add to UTC for the wall clock of a zone. A day that begins and ends with one offset has it throughout. */
function zoneOffset(at: Instant, zone: string): number {
  const day = Math.floor(at / dayMs);
  let ofZone = dayOffsets.get(zone);
  let offset = ofZone?.get(day);
  if (offset === undefined) {
    const start = quarterOffset(day * dayMs, zone);
    offset = start === quarterOffset((day + 1) * dayMs, zone) ? start : null;
    if (ofZone === undefined || ofZone.size > 5_000) {
      ofZone = new Map();
      dayOffsets.set(zone, ofZone);
    }
    ofZone.set(day, offset);
  }
  return offset ?? quarterOffset(at, zone);
}

/** Changes fall on quarters of an hour, so one look-up serves each. */
function quarterOffset(at: Instant, zone: string): number {
  const quarter = Math.floor(at / quarterHour);
  let ofZone = offsets.get(zone);
  const known = ofZone?.get(quarter);
  if (known !== undefined) return known;
  const offset = wallClock(quarter * quarterHour, zone) - quarter * quarterHour;
  if (ofZone === undefined || ofZone.size > 5_000) {
    ofZone = new Map();
    offsets.set(zone, ofZone);
  }
  ofZone.set(quarter, offset);
  return offset;
}

function wallClock(at: Instant, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  const part: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(at)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}
