import type { StatedObjection } from '#contract/contact.ts';

export interface ReadLines {
  readonly stated: readonly { readonly line: number; readonly objection: StatedObjection }[];
  /** Lines that are none, with why (`objections.why.…`); nothing of them is dropped in silence. */
  readonly refused: readonly { readonly line: number; readonly why: string }[];
}

const channels = ['email', 'sms', 'phone', 'post'] as const;

/**
 * Lines people paste or a file holds: an address, and after it a channel, a day, or both; what our own export writes is read back. A line
 * without a channel takes the one chosen, one without a day counts as of now. Days: `2026-05-31`, `31/05/2026`, or a time in ISO 8601.
 */
export function readLines(text: string, channel: StatedObjection['channel']): ReadLines {
  const stated: ReadLines['stated'][number][] = [];
  const refused: ReadLines['refused'][number][] = [];
  text.split(/\r?\n/).forEach((raw, place) => {
    const line = place + 1;
    const [address = '', ...rest] = cellsOf(raw);
    if (address === '' || (place === 0 && isHead(address))) return;
    const named = channels.find((one) => one === rest[0]?.toLowerCase());
    const date = dayOf((named === undefined ? rest[0] : rest[1]) ?? '');
    if (date === null) {
      refused.push({ line, why: 'date.unreadable' });
      return;
    }
    const who = address.includes('@') ? { email: address.slice(0, 254) } : { phone: address.slice(0, 40) };
    const objection = { ...who, channel: named ?? channel, ...(date === '' ? {} : { date }) };
    stated.push({ line, objection });
  });
  return { stated, refused };
}

/** A spreadsheet's guard against formulas (`'+33…`) is no part of an address. */
function cellsOf(line: string): string[] {
  return line
    .replace(/^\ufeff/, '')
    .split(/[;,\t]/)
    .map((cell) =>
      cell
        .trim()
        .replace(/^["']+|["']+$/g, '')
        .trim(),
    );
}

function isHead(cell: string): boolean {
  return !cell.includes('@') && !/\d/.test(cell);
}

/** Empty: none was given. null: something is there that is no day. */
function dayOf(text: string): string | null {
  if (text === '') return '';
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?$/.exec(text) ?? [];
  if (year !== undefined) return `${year}-${month}-${day}`;
  const [, french, of, in4] = /^(\d\d)\/(\d\d)\/(\d{4})$/.exec(text) ?? [];
  return french === undefined ? null : `${in4}-${of}-${french}`;
}
