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
  return basisColumn(kind, text, shop.bases) ?? customColumn(kind, header, text, shop);
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
    ...bases.flatMap(({ id, name, techName }) => [name, techName].map((one) => ({ id, name: normal(one) }))),
    ...(kind === 'orders' ? [] : bases).flatMap(({ id, wireType }) =>
      (flags[wireType] ?? []).map((name) => ({ id, name })),
    ),
  ];
  for (const { id, name } of called) {
    if (name === '' || !text.includes(name)) continue;
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
