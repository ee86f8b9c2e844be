/** Who may do what in a shop: the one table, asked by every route and printed in docs/permissions.md. */

/** As SPREAD names them: administrateur, utilisateur, développeur, comptable, support client. */
export const roles = ['administrator', 'user', 'developer', 'accountant', 'support'] as const;
export type Role = (typeof roles)[number];

const everyone: readonly Role[] = roles;

/** Each permission, who has it, and what it opens. */
export const permissions = {
  'shop.see': { roles: everyone, opens: 'The shop in the list, its name and its currency' },
  'overview.see': { roles: ['administrator', 'user', 'accountant'], opens: 'Charts and counts' },
  'tracker.see': {
    roles: ['administrator', 'user', 'developer'],
    opens: 'The Tracker page, guides and public keys',
  },
  'settings.change': { roles: ['administrator', 'user'], opens: 'Changes of settings that rules read' },
  'keys.reveal': { roles: ['administrator', 'developer'], opens: 'Private keys; each reveal is recorded' },
  'keys.manage': {
    roles: ['administrator'],
    opens: 'Rotation of keys, invitations of developers, and whether a module may sign people in',
  },
  'stores.manage': {
    roles: ['administrator', 'developer'],
    opens: 'Connecting stores, their secrets, and what their API is asked',
  },
  'webhooks.manage': {
    roles: ['administrator', 'developer'],
    opens: 'Endpoints of webhooks, their secrets, and what was sent to them',
  },
  'people.manage': { roles: ['administrator'], opens: 'Who belongs to the shop, as what, and who is invited' },
  'mail.manage': {
    roles: ['administrator'],
    opens: 'The outbox: mails of the shop, what became of them, and those not sent, with the links in them',
  },
  'audit.see': { roles: ['administrator'], opens: 'The audit log' },
  'data.export': { roles: ['administrator', 'user'], opens: 'Files with data of many people at once' },
  'orders.export': {
    roles: ['administrator', 'user', 'accountant'],
    opens: 'Files of orders; for accountants without names and addresses, e-mails masked',
  },
  'verification.see': {
    roles: ['administrator', 'user', 'developer'],
    opens: 'Everything received, as received',
  },
  'orders.see': {
    roles: ['administrator', 'user', 'accountant', 'support'],
    opens: 'Orders; for accountants without names and addresses, e-mails masked',
  },
  'profiles.see': { roles: ['administrator', 'user', 'support'], opens: 'Profiles, and every personal datum in clear' },
  'profiles.edit': { roles: ['administrator', 'user', 'support'], opens: 'Changes of profiles and of their bases' },
  'rights.handle': {
    roles: ['administrator', 'user', 'support'],
    opens: 'Requests of people about their data, and the archive of one',
  },
  'rights.erase': { roles: ['administrator', 'user'], opens: 'Erasing a person' },
  'bases.see': { roles: ['administrator', 'user', 'support'], opens: 'Legal bases and who is in them' },
  'bases.change': { roles: ['administrator', 'user'], opens: 'New bases, their texts, and archiving' },
  'imports.run': {
    roles: ['administrator', 'user'],
    opens: 'Imports of files, once or again and again, and their reports',
  },
} as const satisfies Readonly<Record<string, { readonly roles: readonly Role[]; readonly opens: string }>>;

export type Permission = keyof typeof permissions;

export const permissionNames = Object.keys(permissions) as readonly Permission[];

export function may(role: Role, permission: Permission): boolean {
  const { roles: having }: { readonly roles: readonly Role[] } = permissions[permission];
  return having.includes(role);
}

/** For what is stored or sent as text. */
export function isRole(text: string): text is Role {
  return roles.some((role) => role === text);
}
