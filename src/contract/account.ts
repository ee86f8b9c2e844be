/** A person's own account: who they are, how they sign in, where they are signed in, what they are told of. */
import { type Static, Type } from '@sinclair/typebox';
import { alarmKinds } from '#domain/alarm.ts';
import { Lang, NewPassword } from './session.ts';

const closed = { additionalProperties: false } as const;

export const AlarmName = Type.Union(alarmKinds.map((kind) => Type.Literal(kind)));

export const AccountPage = Type.Object({
  email: Type.String(),
  name: Type.String(),
  lang: Type.Union([Lang, Type.Null()]),
  /** False: only links open the account, until a password is set. */
  hasPassword: Type.Boolean(),
  secondFactor: Type.Union([Type.Object({ since: Type.Number(), backupCodesLeft: Type.Integer() }), Type.Null()]),
  /** Newest use first. */
  sessions: Type.Array(
    Type.Object({
      id: Type.String(),
      /** As the browser called itself. */
      agent: Type.Union([Type.String(), Type.Null()]),
      since: Type.Number(),
      /** Known to the day. */
      seenAt: Type.Number(),
      until: Type.Number(),
      current: Type.Boolean(),
    }),
  ),
  shops: Type.Array(
    Type.Object({
      id: Type.Integer(),
      name: Type.String(),
      alarms: Type.Array(AlarmName),
    }),
  ),
});
export type AccountPage = Static<typeof AccountPage>;

export const AccountBody = Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }), lang: Lang }, closed);
export type AccountBody = Static<typeof AccountBody>;

const Typed = Type.String({ minLength: 1, maxLength: 200 });
const Code = Type.String({ minLength: 6, maxLength: 20 });

/** `current` null: the account has no password yet. */
export const PasswordBody = Type.Object({ current: Type.Union([Typed, Type.Null()]), password: NewPassword }, closed);
export type PasswordBody = Static<typeof PasswordBody>;

/** null: the account has none. */
export const BeginFactorBody = Type.Object({ password: Type.Union([Typed, Type.Null()]) }, closed);
export type BeginFactorBody = Static<typeof BeginFactorBody>;

export const FactorSecret = Type.Object({ secret: Type.String(), uri: Type.String() });
export type FactorSecret = Static<typeof FactorSecret>;

export const CodeBody = Type.Object({ code: Code }, closed);
export type CodeBody = Static<typeof CodeBody>;

/** Shown once: only their hashes are kept. */
export const BackupCodes = Type.Object({ codes: Type.Array(Type.String()) });
export type BackupCodes = Static<typeof BackupCodes>;

export const EndSessionBody = Type.Object(
  { sessionId: Type.Union([Type.String({ minLength: 1, maxLength: 100 }), Type.Null()]) },
  closed,
);

export const AlarmsBody = Type.Object({ alarms: Type.Array(AlarmName, { uniqueItems: true, maxItems: 10 }) }, closed);
export type AlarmsBody = Static<typeof AlarmsBody>;
