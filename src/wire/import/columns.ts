/** What a column of an import file may state, for each kind of file (docs/wire/import.md). */
import { type ProfileField, profileFields } from '#domain/facts.ts';
import { orderTexts } from '#domain/order-text.ts';

export const importKinds = ['profiles', 'orders', 'states', 'consents'] as const;
export type ImportKind = (typeof importKinds)[number];

const identity = ['email', 'externalId'] as const;
const orderColumns = [
  ...['key', 'number', 'placedAt', 'total', 'currency', 'state', 'stateAt', 'refunded'],
  ...['orderTags'],
  ...orderTexts,
] as const;
const itemColumns = ['sku', 'itemName', 'quantity', 'unitPrice'] as const;

type FixedColumn =
  | (typeof identity)[number]
  | ProfileField
  | (typeof orderColumns)[number]
  | (typeof itemColumns)[number]
  | 'fullName'
  | 'saidAt'
  | 'tags';

/** A fixed column, a custom field by its id, or a basis' value or date by the basis' id (tech names may be shared). */
export type Column = FixedColumn | `custom:${string}` | `basis:${string}` | `basisDate:${string}`;

const people: readonly FixedColumn[] = [...identity, ...profileFields, 'fullName', 'tags'];

const columnsOf: Readonly<Record<ImportKind, readonly FixedColumn[]>> = {
  profiles: [...people, 'saidAt'],
  orders: [...people, ...orderColumns, ...itemColumns],
  states: ['key', 'state', 'stateAt', 'refunded'],
  consents: identity,
};

/** The same to look up: each cell of each line is asked for. */
const fixedOf: Readonly<Record<ImportKind, ReadonlySet<string>>> = {
  profiles: new Set(columnsOf.profiles),
  orders: new Set(columnsOf.orders),
  states: new Set(columnsOf.states),
  consents: new Set(columnsOf.consents),
};

/** The fixed columns a kind of file may have, in the order a list shows them. */
export function fixedColumns(kind: ImportKind): readonly FixedColumn[] {
  return columnsOf[kind];
}

export function isColumn(kind: ImportKind, name: string): name is Column {
  if (fixedOf[kind].has(name)) return true;
  if (kind === 'states') return false;
  return /^(basis|basisDate):\d{1,10}$/.test(name) || (kind !== 'consents' && /^custom:\d{1,10}$/.test(name));
}

/** Without one of these a file of the kind cannot mean anything. */
export function neededColumns(kind: ImportKind): readonly (readonly Column[])[] {
  if (kind === 'orders') return [['key'], ['email', 'externalId', 'total']];
  if (kind === 'states') return [['key'], ['state', 'refunded']];
  return [['email', 'externalId']];
}

export function isItemColumn(column: string): boolean {
  return itemColumns.some((known) => known === column);
}
