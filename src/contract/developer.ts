/** Developers invited to a page of their own: what the merchant sees of them, and what they see. */
import { type Static, Type } from '@sinclair/typebox';
import { customFieldTypes } from '#domain/custom-field.ts';
import { Sighted } from './installation.ts';
import { mostInvited } from './lists.ts';
import { MailState } from './outbox.ts';

const MaybeTime = Type.Union([Type.Number(), Type.Null()]);
const MaybeText = Type.Union([Type.String(), Type.Null()]);
const LanguageName = Type.Union([Type.Literal('fr'), Type.Literal('en')]);

const days = Type.Integer({ minimum: 1, maximum: 365 });

export const InviteBody = Type.Object(
  {
    emails: Type.Array(Type.String({ minLength: 3, maxLength: 250 }), { minItems: 1, maxItems: mostInvited }),
    lang: LanguageName,
    note: Type.String({ maxLength: 1_000 }),
    /** How long link and pair live. */
    days,
    /** Whether their pair may also read customers. */
    mayRead: Type.Boolean(),
  },
  { additionalProperties: false },
);
export type InviteBody = Static<typeof InviteBody>;

/** Sends a new link and kills the old one. */
export const ResendBody = Type.Object({ days }, { additionalProperties: false });

export const InvitationRow = Type.Object({
  id: Type.Integer(),
  email: Type.String(),
  mayRead: Type.Boolean(),
  invitedBy: MaybeText,
  sentAt: Type.Number(),
  expiresAt: Type.Number(),
  /** When the button of the link was first pressed. */
  openedAt: MaybeTime,
  seenAt: MaybeTime,
  revokedAt: MaybeTime,
  /** Of the latest mail; null: forgotten meanwhile. */
  mail: Type.Union([Type.Object({ id: Type.String(), state: MailState, fault: MaybeText }), Type.Null()]),
  /** Of their own pair of keys. */
  use: Type.Object({ calls: Type.Integer(), lastAt: MaybeTime }),
});
export type InvitationRow = Static<typeof InvitationRow>;

export const InvitationList = Type.Object({
  zone: Type.String(),
  /** Without a mail server, mails wait to be downloaded. */
  mailConfigured: Type.Boolean(),
  invitations: Type.Array(InvitationRow),
});
export type InvitationList = Static<typeof InvitationList>;

export const OpenBody = Type.Object({ token: Type.String({ maxLength: 100 }) }, { additionalProperties: false });

/** Everything the developer's page shows but what arrives. */
export const DeveloperPage = Type.Object({
  shop: Type.String(),
  /** Of the invitation, masked. */
  email: Type.String(),
  until: Type.Number(),
  mayRead: Type.Boolean(),
  /** Whether this browser may see private keys. */
  proved: Type.Boolean(),
  zone: Type.String(),
  currency: Type.String(),
  platform: MaybeText,
  collectorUrl: Type.String(),
  /** Of the shop, for its pages. */
  publicKey: Type.String(),
  /** Public key of their own pair, for servers. */
  ownKey: Type.String(),
  testKey: Type.String(),
  customFields: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      type: Type.Union(customFieldTypes.map((one) => Type.Literal(one))),
    }),
  ),
  sightings: Type.Array(Sighted),
});
export type DeveloperPage = Static<typeof DeveloperPage>;

export const CodeBody = Type.Object({ code: Type.String({ pattern: '^\\d{6}$' }) }, { additionalProperties: false });

export const DeveloperKeys = Type.Object({ own: Type.String(), test: Type.String() });
export type DeveloperKeys = Static<typeof DeveloperKeys>;
