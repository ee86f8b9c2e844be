/** The people of a shop, and those invited to it. */
import { type Static, Type } from '@sinclair/typebox';
import { MailState } from './outbox.ts';
import { Lang, NewPassword, RoleName } from './session.ts';

const closed = { additionalProperties: false } as const;

export const MemberList = Type.Object({
  members: Type.Array(
    Type.Object({
      userId: Type.String(),
      name: Type.String(),
      email: Type.String(),
      role: RoleName,
      since: Type.Number(),
      /** When they last used the back office, known to the day; null: not since their sessions are kept. */
      seenAt: Type.Union([Type.Number(), Type.Null()]),
      secondFactor: Type.Boolean(),
    }),
  ),
  invitations: Type.Array(
    Type.Object({
      id: Type.Integer(),
      email: Type.String(),
      role: RoleName,
      invitedBy: Type.Union([Type.String(), Type.Null()]),
      sentAt: Type.Number(),
      until: Type.Number(),
      /** What became of the mail; null: forgotten since. */
      mail: Type.Union([
        Type.Object({ state: MailState, fault: Type.Union([Type.String(), Type.Null()]) }),
        Type.Null(),
      ]),
    }),
  ),
});
export type MemberList = Static<typeof MemberList>;

export const InviteBody = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 254 }), role: RoleName, lang: Lang },
  closed,
);
export type InviteBody = Static<typeof InviteBody>;

export const RoleBody = Type.Object({ role: RoleName }, closed);

export const InvitationBody = Type.Object({ token: Type.String({ minLength: 10, maxLength: 200 }) }, closed);

/** What the link of an invitation shows. */
export const Invitation = Type.Object({
  shop: Type.String(),
  inviter: Type.Union([Type.String(), Type.Null()]),
  role: RoleName,
  email: Type.String(),
  until: Type.Number(),
  /** `new`: a name and a password make it; `here`: who reads is signed in with it; `elsewhere`: they must sign in with it first. */
  account: Type.Union([Type.Literal('new'), Type.Literal('here'), Type.Literal('elsewhere')]),
});
export type Invitation = Static<typeof Invitation>;

/** Name and password when the account is new. */
export const AcceptBody = Type.Object(
  {
    token: Type.String({ minLength: 10, maxLength: 200 }),
    name: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
    password: Type.Optional(NewPassword),
    lang: Type.Optional(Lang),
  },
  closed,
);
export type AcceptBody = Static<typeof AcceptBody>;
