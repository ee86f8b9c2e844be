/** What people do in the back office and is written down: the one list of acts, each with what kind it is. */

export const auditKinds = ['change', 'reveal', 'send', 'export', 'erase', 'people'] as const;
export type AuditKind = (typeof auditKinds)[number];

/** Each has its words in contract/messages (`audit.<act>`). */
export const auditActs = {
  'settings.change': 'change',
  'shop.settings': 'change',
  'shop.rename': 'change',
  'shop.revoke_tokens': 'change',
  'shop.platform': 'change',
  'shop.redecide': 'change',
  'basis.define': 'change',
  'profile.change': 'change',
  'profile.basis': 'change',
  'profile.merge': 'change',
  'profile.unmerge': 'change',
  'objection.add': 'change',
  'objection.export': 'export',
  'proof.export': 'export',
  'profile.archive': 'export',
  'profile.erase': 'erase',
  'rights.take': 'change',
  'rights.identity': 'send',
  'rights.vouch': 'change',
  'rights.close': 'change',
  'key.reveal': 'reveal',
  'key.rotate': 'change',
  'key.end': 'change',
  'mail.download': 'export',
  'mail.retry': 'send',
  'developer.invite': 'send',
  'developer.resend': 'send',
  'developer.revoke': 'people',
  'developer.reveal': 'reveal',
  'module.allow': 'people',
  'module.refuse': 'people',
  'module.sign_in': 'people',
  'member.invite': 'send',
  'member.resend': 'send',
  'member.withdraw': 'people',
  'member.join': 'people',
  'member.role': 'people',
  'member.remove': 'people',
  'member.alarms': 'people',
  'account.change': 'people',
  'account.password': 'people',
  'account.reset': 'people',
  'account.second_factor_on': 'people',
  'account.second_factor_off': 'people',
  'account.backup_codes': 'people',
  'account.sessions': 'people',
  'webhook.create': 'change',
  'webhook.change': 'change',
  'webhook.delete': 'change',
  'webhook.pause': 'change',
  'webhook.resume': 'change',
  'webhook.rotate': 'change',
  'webhook.reveal': 'reveal',
  'webhook.test': 'send',
  'webhook.replay': 'send',
  'webhook.hasten': 'send',
  'webhook.skip': 'change',
} as const satisfies Readonly<Record<string, AuditKind>>;

export type AuditAct = keyof typeof auditActs;

/** For what is stored or sent as text. */
export function isAuditAct(text: string): text is AuditAct {
  return Object.hasOwn(auditActs, text);
}
