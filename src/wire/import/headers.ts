/** Which column a header of a file means, in French and English, as SPREAD labels them and as shops' exports spell them. */
import { profileFields } from '#domain/facts.ts';
import { type Column, fixedColumns, type ImportKind, isColumn } from './columns.ts';
import { spellings } from './spellings.ts';

/** A basis of the shop, as far as headers can name it. */
export interface NamedBasis {
  readonly id: number;
  readonly name: string;
  readonly techName: string;
}

export interface NamedField {
  readonly id: number;
  readonly name: string;
}

export interface ShopNames {
  readonly bases: readonly NamedBasis[];
  readonly customFields: readonly NamedField[];
}

const columnsBySpelling = new Map<string, Column[]>();
for (const [, column = '', texts = ''] of spellings.matchAll(/^(\w+) = ((?:.|\n {2})+)/gm))
  for (const text of [column, ...texts.split('|')]) {
    const known = columnsBySpelling.get(normal(text)) ?? [];
    columnsBySpelling.set(normal(text), [...known, column as Column]);
  }

/** What a spelling means in one kind of file only. */
const ofKind: Readonly<Partial<Record<ImportKind, Readonly<Record<string, Column>>>>> = {
  profiles: { id: 'externalId', name: 'fullName' },
  orders: { id: 'key', name: 'key', tags: 'orderTags', state: 'state', number: 'key', reference: 'key' },
  states: { id: 'key', name: 'key', date: 'stateAt', number: 'key' },
  consents: { id: 'externalId' },
};

/**
 * A column for each header; null where nothing is proposed. Each column once: the first header that names it best has it.
 * A header that is a basis' name or tech name is its value; followed or preceded by "date", its date.
 */
export function proposeColumns(kind: ImportKind, headers: readonly string[], shop: ShopNames): (Column | null)[] {
  const taken = new Set<Column>();
  const split = headers.some((header) => columnOf(kind, header, shop) === 'firstname');
  return headers.map((header) => {
    const whole = columnOf(kind, header, shop);
    const column = whole === 'fullName' && normal(header) === 'name' && split ? 'name' : whole;
    if (column === null || taken.has(column)) return null;
    taken.add(column);
    return column;
  });
}

function columnOf(kind: ImportKind, header: string, shop: ShopNames): Column | null {
  const text = normal(header);
  const special = Object.hasOwn(ofKind[kind] ?? {}, text) ? ofKind[kind]?.[text] : undefined;
  if (special !== undefined && isColumn(kind, special)) return special;
  const allowed: readonly string[] = fixedColumns(kind);
  const fixed = columnsBySpelling.get(text)?.find((column) => allowed.includes(column));
  if (fixed !== undefined || kind === 'states') return fixed ?? null;
  return basisColumn(text, shop.bases) ?? customColumn(kind, header, text, shop);
}

function basisColumn(text: string, bases: readonly NamedBasis[]): Column | null {
  for (const { id, name, techName } of bases) {
    for (const called of [normal(name), normal(techName)]) {
      const rest =
        text === called ? '' : text.startsWith(called) ? text.slice(called.length) : text.replace(called, '');
      if (rest === text) continue;
      const word = rest.replace(/[\s:.()_-]+/g, ' ').trim();
      if (/^(|value|valeur|status|statut|consentement|consent|base|base valeur|consentement valeur)$/.test(word))
        return `basis:${id}`;
      if (/^(date|date de|date of|consentement date|base date|consent date)$/.test(word)) return `basisDate:${id}`;
    }
  }
  return null;
}

function customColumn(kind: ImportKind, header: string, text: string, shop: ShopNames): Column | null {
  if (kind === 'consents') return null;
  const byId = /^custom[_ ]fields?\[?[ _:]?(\d{1,10})\]?$/i.exec(header.trim())?.[1];
  const id = byId ?? shop.customFields.find((field) => normal(field.name) === text)?.id;
  return id === undefined || profileFields.some((field) => field === text) ? null : `custom:${id}`;
}

/** Without case, accents, quotes and doubled spaces. */
function normal(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f\ufeff]/g, '')
    .replace(/[’`]/g, "'")
    .replace(/[_\s]+/g, ' ')
    .trim()
    .toLowerCase();
}
