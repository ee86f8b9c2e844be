import { account } from './en/account.ts';
import { archive } from './en/archive.ts';
import { audit } from './en/audit.ts';
import { common } from './en/common.ts';
import { connections } from './en/connections.ts';
import { contact } from './en/contact.ts';
import { developer } from './en/developer.ts';
import { exports } from './en/exports.ts';
import { fixes } from './en/fixes.ts';
import { gdpr } from './en/gdpr.ts';
import { importSources } from './en/import-sources.ts';
import { imports } from './en/imports.ts';
import { installation } from './en/installation.ts';
import { instance } from './en/instance.ts';
import { keys } from './en/keys.ts';
import { mail } from './en/mail.ts';
import { merge } from './en/merge.ts';
import { orders } from './en/orders.ts';
import { outbox } from './en/outbox.ts';
import { overview } from './en/overview.ts';
import { people } from './en/people.ts';
import { person } from './en/person.ts';
import { profiles } from './en/profiles.ts';
import { proof } from './en/proof.ts';
import { reasons } from './en/reasons.ts';
import { retention } from './en/retention.ts';
import { rights } from './en/rights.ts';
import { settings } from './en/settings.ts';
import { shops } from './en/shops.ts';
import { tracker } from './en/tracker.ts';
import { verification } from './en/verification.ts';
import { webhooks } from './en/webhooks.ts';
import { words } from './en/words.ts';
import type { MessageKey } from './fr.ts';

/** Every text of the interface in English; a missing one does not compile. */
export const en: Readonly<Record<MessageKey, string>> = {
  ...common,
  ...shops,
  ...settings,
  ...tracker,
  ...installation,
  ...verification,
  ...outbox,
  ...overview,
  ...merge,
  ...orders,
  ...exports,
  ...profiles,
  ...gdpr,
  ...imports,
  ...importSources,
  ...contact,
  ...developer,
  ...keys,
  ...mail,
  ...people,
  ...audit,
  ...person,
  ...archive,
  ...rights,
  ...retention,
  ...account,
  ...instance,
  ...proof,
  ...webhooks,
  ...connections,
  ...words,
  ...reasons,
  ...fixes,
};
