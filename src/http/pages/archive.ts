import { type ArchiveRow, type ArchiveValue, archiveParts, type PersonArchive } from '#contract/archive.ts';
import { csvCell } from '#contract/csv.ts';
import type { Voice } from '#contract/messages/speak.ts';
import { type ZipEntry, zip } from '../zip.ts';
import { type Html, html, page } from './html.ts';

/** Columns whose values have words of their own. */
const lists: Readonly<Record<string, string>> = {
  status: 'status',
  fromStatus: 'status',
  toStatus: 'status',
  toward: 'status',
  cause: 'cause',
  channel: 'channel',
  outcome: 'outcome',
};
/** As they came: in the JSON file only. */
const unread = new Set(['facts', 'headers', 'bytes', 'body', 'stated', 'records']);

/** Everything kept about a person as one zip file: a page, the same as JSON, and a CSV file for each part. */
export function packArchive(voice: Voice, archive: PersonArchive): Buffer {
  const files: ZipEntry[] = [
    { name: 'index.html', text: renderArchive(voice, archive) },
    { name: 'donnees.json', text: JSON.stringify(archive, null, 2) },
    ...archiveParts.map((part) => ({ name: `${part}.csv`, text: toCsv(archive.parts[part]) })),
  ];
  return zip(files, Date.parse(archive.madeAt));
}

export function renderArchive(voice: Voice, { shop, madeAt, zone, parts }: PersonArchive): string {
  const { language, say, word, time } = voice;
  const title = say('archive.title', { shop });
  return page(
    language,
    title,
    html`
<h1>${title}</h1>
<p>${say('archive.intro', { date: time(Date.parse(madeAt), zone) })}</p>
${archiveParts.map((part) => {
  const rows = parts[part];
  return html`<h2>${say(`archive.${part}`)}${rows.length > 1 ? ` (${rows.length})` : ''}</h2>
${rows.length === 0 ? html`<p class="note">${say('archive.nothing')}</p>` : rows.map((row) => html`<section class="card"><dl>${pairs(row)}</dl></section>`)}`;
})}
`,
  );

  function pairs(row: ArchiveRow): Html[] {
    return Object.entries(row).flatMap(([name, value]) => {
      const text = unread.has(name) ? '' : read(name, value);
      return text === '' ? [] : [html`<dt>${label(name)}</dt><dd>${text}</dd>`];
    });
  }

  function label(name: string): string {
    const known = word('archive.field', name);
    if (known !== name) return known;
    const field = word('field', name);
    return field === name ? word('orderText', name) : field;
  }

  function read(name: string, value: ArchiveValue): string {
    if (value === null) return '';
    if (typeof value === 'boolean') return say(value ? 'common.yes' : 'common.no');
    if (typeof value === 'object') {
      if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return value.join(', ');
      const text = JSON.stringify(value);
      return text === '{}' || text === '[]' ? '' : text;
    }
    const list = lists[name];
    if (list !== undefined) return word(list, String(value));
    return isTime(value) ? time(Date.parse(value), zone) : String(value);
  }
}

function toCsv(rows: readonly ArchiveRow[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const text = (value: ArchiveValue | undefined): string => {
    if (value === null || value === undefined) return '';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  const lines = [columns, ...rows.map((row) => columns.map((column) => text(row[column])))];
  return `\ufeff${lines.map((line) => line.map(csvCell).join(',')).join('\r\n')}\r\n`;
}

function isTime(value: ArchiveValue): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
}
