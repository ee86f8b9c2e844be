/** Files with data of many people: their kinds, and which columns a role takes away. Apart from the schemas, for screens. */
import { may, type Permission, type Role } from './permissions.ts';

export const exportKinds = ['profiles', 'orders', 'consents', 'journal'] as const;
export type ExportKind = (typeof exportKinds)[number];

export const exportFormats = ['csv', 'xlsx', 'ndjson'] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What a file of each kind asks of who takes it away. */
const permissionOf = {
  profiles: 'data.export',
  orders: 'orders.export',
  consents: 'data.export',
  journal: 'data.export',
} as const satisfies Readonly<Record<ExportKind, Permission>>;

/** `full`: every personal column; `accounts`: no name, no address, e-mails masked. */
export type ExportScope = 'full' | 'accounts';

/** Which columns leave when this role takes such a file away; null: it may not. */
export function exportScope(role: Role, kind: ExportKind): ExportScope | null {
  if (!may(role, permissionOf[kind])) return null;
  return may(role, 'profiles.see') ? 'full' : 'accounts';
}
