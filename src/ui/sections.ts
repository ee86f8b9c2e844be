/** The sections of a shop in the order of the menu, each with what one must be allowed to see it. */
import { may, type Permission, type Role } from '#contract/permissions.ts';

export const sections = [
  { to: '/shops/$shopId/overview', text: 'nav.overview', icon: 'chart', permission: 'overview.see' },
  { to: '/shops/$shopId/tracker', text: 'nav.tracker', icon: 'code', permission: 'tracker.see' },
  { to: '/shops/$shopId/webhooks', text: 'nav.webhooks', icon: 'send', permission: 'webhooks.manage' },
  { to: '/shops/$shopId/verification', text: 'nav.verification', icon: 'pulse', permission: 'verification.see' },
  { to: '/shops/$shopId/orders', text: 'nav.orders', icon: 'cart', permission: 'orders.see' },
  { to: '/shops/$shopId/profiles', text: 'nav.profiles', icon: 'users', permission: 'profiles.see' },
  { to: '/shops/$shopId/imports', text: 'nav.imports', icon: 'upload', permission: 'imports.run' },
  { to: '/shops/$shopId/exports', text: 'nav.exports', icon: 'download', permission: 'orders.export' },
  { to: '/shops/$shopId/gdpr', text: 'nav.gdpr', icon: 'shield', permission: 'bases.see' },
  { to: '/shops/$shopId/outbox', text: 'nav.outbox', icon: 'mail', permission: 'mail.manage' },
  { to: '/shops/$shopId/settings', text: 'nav.settings', icon: 'gear', permission: 'settings.change' },
  { to: '/shops/$shopId/members', text: 'nav.members', icon: 'user', permission: 'people.manage' },
  { to: '/shops/$shopId/audit', text: 'nav.audit', icon: 'book', permission: 'audit.see' },
] as const satisfies readonly { readonly permission: Permission; readonly [word: string]: string }[];

export type SectionPath = (typeof sections)[number]['to'];

export function sectionsOf(role: Role): readonly (typeof sections)[number][] {
  return sections.filter(({ permission }) => may(role, permission));
}

/** Where a shop opens: the Tracker page for those who may see it, else the first of their menu. */
export function firstSection(role: Role): SectionPath {
  return may(role, 'tracker.see') ? '/shops/$shopId/tracker' : (sectionsOf(role)[0]?.to ?? '/shops/$shopId/orders');
}
