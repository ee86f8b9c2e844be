/** Which column a header of a file means, in French and English, as SPREAD labels them and as shops' exports spell them. */
import { profileFields } from '#domain/facts.ts';
import { type Column, fixedColumns, type ImportKind, isColumn } from './columns.ts';
import { spellings } from './spellings.ts';

/** A basis of the shop, as far as headers can name it. */
export interface NamedBasis {
  readonly id: number;
  readonly name: string;
  readonly techName: string;
  /** SPREAD's `consentType`: tells the shop's newsletter consents from others. */
  readonly wireType: string;
}

export interface NamedField {
  readonly id: number;
  readonly name: string;
}

export interface ShopNames {
  readonly bases: readonly NamedBasis[];
  readonly customFields: readonly NamedField[];
}

/** A column a header may mean; of several headers the one of the lowest rank has it. */
interface Meaning {
  readonly column: Column;
  readonly rank: number;
}

const meanings = new Map<string, Meaning[]>();
for (const [, column = '', texts = ''] of spellings.matchAll(/^(\w+) = ((?:.|\n {2})+)/gm))
  for (const [place, text] of [column, ...texts.split('|')].entries()) {
    const known = meanings.get(normal(text)) ?? [];
    meanings.set(normal(text), [...known, { column: column as Column, rank: 10 + place }]);
  }

/** What a spelling means in one kind of file only, the best first. */
const ofKind: Readonly<Partial<Record<ImportKind, Readonly<Record<string, Column>>>>> = {
  profiles: { id: 'externalId', name: 'fullName' },
  orders: { name: 'key', id: 'key', tags: 'orderTags', state: 'state' },
  states: { name: 'key', id: 'key', date: 'stateAt' },
  consents: { id: 'externalId' },
};
/** An order's key where nothing better is, else the number people see. */
const numbers =
  /^(number|n°|numero|reference|(order|commande) (reference|ref|number|no\.?|#)|.*(reference|numero|n°).*commande)$/;

/**
 * A column for each header; null where nothing is proposed. Each column once: the header that names it best has it, the first of two
 * as good. A header that is a basis' name or tech name is its value; followed or preceded by "date", its date.
 */
export function proposeColumns(kind: ImportKind, headers: readonly string[], shop: ShopNames): (Column | null)[] {
  const texts = headers.map(normal);
  const found = headers.map((header) => meaningOf(kind, header, shop));
  const split = found.some((meaning) => meaning?.column === 'firstname');
  const read = found.map((meaning, place): Meaning | null => {
    if (meaning?.column === 'fullName' && texts[place] === 'name' && split) return { column: 'name', rank: 0 };
    // beside an organisation a title is what somebody does there
    if (texts[place] === 'title' && texts.includes('organization')) return { column: 'job', rank: 0 };
    return meaning;
  });
  const best = new Map<Column, number>();
  for (const [place, meaning] of read.entries()) {
    if (meaning === null) continue;
    const known = read[best.get(meaning.column) ?? -1];
    if (known === undefined || known === null || meaning.rank < known.rank) best.set(meaning.column, place);
  }
  return read.map((meaning, place) => {
    if (meaning === null) return null;
    if (best.get(meaning.column) === place) return meaning.column;
    if (meaning.column !== 'key' || kind !== 'orders' || best.has('number') || !numbers.test(texts[place] ?? ''))
      return null;
    best.set('number', place);
    return 'number';
  });
}

function meaningOf(kind: ImportKind, header: string, shop: ShopNames): Meaning | null {
  const text = normal(header);
  const special = Object.entries(ofKind[kind] ?? {}).findIndex(([spelling]) => spelling === text);
  const specialColumn = Object.values(ofKind[kind] ?? {})[special];
  if (specialColumn !== undefined && isColumn(kind, specialColumn)) return { column: specialColumn, rank: special };
  const allowed: readonly string[] = fixedColumns(kind);
  const fixed = meanings.get(text)?.find(({ column }) => allowed.includes(column));
  if (fixed !== undefined)
    return fixed.column === 'key' && numbers.test(text) ? { ...fixed, rank: fixed.rank + 1_000 } : fixed;
  if (kind === 'states') return numbers.test(text) ? { column: 'key', rank: 1_000 } : null;
  const column = basisColumn(kind, text, shop.bases) ?? customColumn(kind, header, text, shop);
  if (column !== null) return { column, rank: 0 };
  return kind === 'orders' && numbers.test(text) ? { column: 'key', rank: 1_000 } : null;
}

/** How shops' tools head their newsletter flags; what they say goes to the consent, which a later act may change again. */
const flags: Readonly<Record<string, readonly string[]>> = {
  'Default newsletter': [
    ...['newsletter', 'news letter', 'newsletters', 'accepts email marketing', 'accepts marketing', 'email marketing'],
    ...[
      'email marketing consent',
      'email opt-in',
      'email optin',
      'optin',
      'opt-in',
      'opt in',
      'isoptin',
      'is subscribed',
    ],
    ...[
      'customer isoptin',
      'abonnement newsletter',
      'inscription newsletter',
      'abonne newsletter',
      'inscrit newsletter',
    ],
  ],
  'Default sms': [
    ...['accepts sms marketing', 'sms marketing', 'sms marketing consent', 'sms opt-in', 'sms optin', 'mobile optin'],
    ...['customer mobile optin', 'newsletter sms', 'inscription sms', 'abonnement sms'],
  ],
};
const valueWords = /^(|value|valeur|status|statut|consentement|consent|base|base valeur|consentement valeur)$/;
const dateWords =
  /^(date|date de|date of|date d'|consentement date|base date|consent date|timestamp|registration date|opt-in date|le)$/;

/** By the names of the shop's bases first, then, but for orders (a flag of then is not one of now), by what newsletters are called elsewhere. */
function basisColumn(kind: ImportKind, text: string, bases: readonly NamedBasis[]): Column | null {
  const called = [
    ...bases.flatMap(({ id, name, techName, wireType }) => [
      // "Commande" alone may be anything in a file; "Commande : valeur" is the legal basis
      { id, name: normal(name), bare: name.includes(' ') || !wireType.startsWith('Legal') },
      { id, name: normal(techName), bare: true },
    ]),
    ...(kind === 'orders' ? [] : bases).flatMap(({ id, wireType }) =>
      (flags[wireType] ?? []).map((name) => ({ id, name, bare: true })),
    ),
  ];
  for (const { id, name, bare } of called) {
    if (name === '' || !text.includes(name) || (text === name && !bare)) continue;
    const word = text
      .replace(name, '')
      .replace(/[\s:.()_-]+/g, ' ')
      .trim();
    if (valueWords.test(word)) return `basis:${id}`;
    if (dateWords.test(word)) return `basisDate:${id}`;
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
