import { type Static, Type } from '@sinclair/typebox';
import { roles } from './permissions.ts';

export const SignInBody = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 250 }), password: Type.String({ minLength: 1, maxLength: 200 }) },
  { additionalProperties: false },
);
export type SignInBody = Static<typeof SignInBody>;

export const SignInLinkBody = Type.Object(
  { token: Type.String({ minLength: 10, maxLength: 200 }) },
  { additionalProperties: false },
);
export type SignInLinkBody = Static<typeof SignInLinkBody>;

/** A password was right, a code is asked for: `challenge` goes with it, for five minutes. */
export const Challenge = Type.Object({ challenge: Type.String() });
export type Challenge = Static<typeof Challenge>;

export const SignInCodeBody = Type.Object(
  { challenge: Type.String({ minLength: 10, maxLength: 200 }), code: Type.String({ minLength: 6, maxLength: 20 }) },
  { additionalProperties: false },
);
export type SignInCodeBody = Static<typeof SignInCodeBody>;

export const Lang = Type.Union([Type.Literal('fr'), Type.Literal('en')]);
export type Lang = Static<typeof Lang>;

/** Length alone keeps guesses away; no sign is asked for. */
export const NewPassword = Type.String({ minLength: 12, maxLength: 200 });

export const ForgottenBody = Type.Object(
  { email: Type.String({ minLength: 3, maxLength: 250 }) },
  { additionalProperties: false },
);

export const ResetBody = Type.Object(
  { token: Type.String({ minLength: 10, maxLength: 200 }), password: NewPassword },
  { additionalProperties: false },
);
export type ResetBody = Static<typeof ResetBody>;

export const RoleName = Type.Union(roles.map((role) => Type.Literal(role)));

export const ShopSummary = Type.Object({
  id: Type.Integer(),
  name: Type.String(),
  demo: Type.Boolean(),
  /** What the reader is in it. */
  role: RoleName,
  zone: Type.String(),
  currency: Type.String(),
  /** Epoch milliseconds, as every time below. */
  installedAt: Type.Union([Type.Number(), Type.Null()]),
  /** Its keys open nothing since then; null: it is open. */
  closedAt: Type.Union([Type.Number(), Type.Null()]),
  /** Counted up to `countLimit`. */
  orders: Type.Integer(),
  profiles: Type.Integer(),
});
export type ShopSummary = Static<typeof ShopSummary>;

export const Me = Type.Object({
  user: Type.Object({
    id: Type.String(),
    email: Type.String(),
    name: Type.String(),
    /** null: never chosen. */
    lang: Type.Union([Lang, Type.Null()]),
    instanceAdmin: Type.Boolean(),
  }),
  /** `failing`: mails wait because the mail server takes none; told to those who can mend it, `fine` to all others. */
  mail: Type.Union([Type.Literal('fine'), Type.Literal('none'), Type.Literal('failing')]),
  shops: Type.Array(ShopSummary),
});
export type Me = Static<typeof Me>;

/** What every error answer looks like. */
export interface ErrorAnswer {
  readonly error: {
    readonly code: string;
    readonly message: string;
    readonly field?: string;
    readonly requestId: string;
  };
}
