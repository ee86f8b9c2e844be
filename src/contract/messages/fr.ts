import { account } from './fr/account.ts';
import { archive } from './fr/archive.ts';
import { audit } from './fr/audit.ts';
import { common } from './fr/common.ts';
import { connections } from './fr/connections.ts';
import { contact } from './fr/contact.ts';
import { developer } from './fr/developer.ts';
import { exports } from './fr/exports.ts';
import { fixes } from './fr/fixes.ts';
import { gdpr } from './fr/gdpr.ts';
import { importSources } from './fr/import-sources.ts';
import { imports } from './fr/imports.ts';
import { installation } from './fr/installation.ts';
import { instance } from './fr/instance.ts';
import { keys } from './fr/keys.ts';
import { mail } from './fr/mail.ts';
import { merge } from './fr/merge.ts';
import { orders } from './fr/orders.ts';
import { outbox } from './fr/outbox.ts';
import { overview } from './fr/overview.ts';
import { people } from './fr/people.ts';
import { person } from './fr/person.ts';
import { profiles } from './fr/profiles.ts';
import { proof } from './fr/proof.ts';
import { reasons } from './fr/reasons.ts';
import { retention } from './fr/retention.ts';
import { rights } from './fr/rights.ts';
import { settings } from './fr/settings.ts';
import { shops } from './fr/shops.ts';
import { tracker } from './fr/tracker.ts';
import { verification } from './fr/verification.ts';
import { webhooks } from './fr/webhooks.ts';
import { words } from './fr/words.ts';

/** Every text of the interface in French, its first language: one file an area. */
export const fr = {
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

export type MessageKey = keyof typeof fr;
