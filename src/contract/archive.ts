/** What a person may see of everything kept about them (rules §7): one JSON file, a CSV file for each part, and a page to read. */

/** In the order people read them; each has its words in contract/messages (`archive.<part>`). */
export const archiveParts = [
  'profile',
  'identifiers',
  'browsers',
  'bases',
  'history',
  'acts',
  'refusals',
  'objections',
  'orders',
  'orderStates',
  'carts',
  'received',
  'mails',
  'messages',
] as const;
export type ArchivePart = (typeof archiveParts)[number];

export type ArchiveValue = string | number | boolean | null | readonly unknown[] | { readonly [name: string]: unknown };
export type ArchiveRow = Readonly<Record<string, ArchiveValue>>;

export interface PersonArchive {
  readonly shop: string;
  /** ISO 8601, UTC, as every time in it. */
  readonly madeAt: string;
  readonly zone: string;
  readonly parts: Readonly<Record<ArchivePart, readonly ArchiveRow[]>>;
}
