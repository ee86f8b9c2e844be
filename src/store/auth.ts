/** Sessions of the back office, by better-auth over the pool. Only what `http/back-office` offers is reachable: its own routes are not mounted. */
import { hkdfSync } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { createChallenge, endChallenge, findChallenge, useSignInLink } from './auth-link.ts';
import { findCredential, hashPassword } from './auth-user.ts';
import { hasSecondFactor, useSecondFactor } from './second-factor.ts';
import { deriveKeys } from './secret.ts';

export interface AuthOptions {
  readonly pool: Pool;
  /** The text of `SECRET_KEY`. */
  readonly secretKey: string;
  readonly publicUrl: string;
  readonly now?: () => Instant;
}

export interface SessionUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
}

export interface SignedIn {
  readonly user: SessionUser;
  /** Which of the person's sessions this is. */
  readonly sessionId: string;
  /** `set-cookie` values for the answer. */
  readonly cookies: readonly string[];
}

/** The person is asked for a code; this secret goes with it. */
export interface Challenged {
  readonly challenge: string;
}

export interface Auth {
  /** null: no such user, or not their password; both take as long. */
  signInWithPassword(email: string, password: string, headers: Headers): Promise<SignedIn | Challenged | null>;
  /** null: the link is unknown, used or over. */
  signInWithLink(token: string, headers: Headers): Promise<SignedIn | Challenged | null>;
  /** `over`: the challenge is unknown, used or too old; `locked`: too many wrong codes. */
  signInWithCode(challenge: string, code: string, headers: Headers): Promise<SignedIn | 'wrong' | 'locked' | 'over'>;
  /** For whom something else has just proved to be this person. */
  openSession(userId: string, headers: Headers): Promise<SignedIn>;
  /** Whether this is the person's password. */
  knowsPassword(email: string, password: string): Promise<boolean>;
  /** Who speaks, by the request's cookie. */
  findSession(headers: Headers): Promise<SignedIn | null>;
  signOut(headers: Headers): Promise<readonly string[]>;
}

const dayS = 86_400;

export function openAuth(options: AuthOptions): Auth {
  const now = options.now ?? Date.now;
  const auth = makeAuth(options);
  const keys = deriveKeys(options.secretKey);
  const { pool } = options;
  const open = async (userId: string, headers: Headers): Promise<SignedIn> => {
    const { headers: answer, response } = await auth.api.openSession({
      body: { userId },
      headers,
      returnHeaders: true,
    });
    const { sessionId, ...user } = response;
    return { user, sessionId, cookies: answer.getSetCookie() };
  };
  const openOrAsk = async (userId: string, headers: Headers): Promise<SignedIn | Challenged> =>
    (await hasSecondFactor(pool, userId))
      ? { challenge: await createChallenge(pool, userId, now()) }
      : open(userId, headers);
  const prove = async (email: string, password: string): Promise<string | null> => {
    const credential = await findCredential(pool, email);
    const matches = await verify(credential?.passwordHash ?? (await decoyHash()), password).catch(() => false);
    return credential === null || credential.passwordHash === null || !matches ? null : credential.userId;
  };
  return {
    async signInWithPassword(email, password, headers) {
      const userId = await prove(email, password);
      return userId === null ? null : openOrAsk(userId, headers);
    },
    async signInWithLink(token, headers) {
      const link = await useSignInLink(pool, token, now());
      if (link === null) return null;
      return link.skipsSecondFactor ? open(link.userId, headers) : openOrAsk(link.userId, headers);
    },
    async signInWithCode(challenge, code, headers) {
      const userId = await findChallenge(pool, challenge, now());
      if (userId === null) return 'over';
      const answer = await useSecondFactor(pool, keys, userId, code, now());
      if (answer !== 'right') return answer;
      return (await endChallenge(pool, challenge)) ? open(userId, headers) : 'over';
    },
    openSession: open,
    knowsPassword: async (email, password) => (await prove(email, password)) !== null,
    async findSession(headers) {
      const { headers: answer, response } = await auth.api.getSession({ headers, returnHeaders: true });
      if (response === null) return null;
      const { id, email, name } = response.user;
      return { user: { id, email, name }, sessionId: response.session.id, cookies: answer.getSetCookie() };
    },
    async signOut(headers) {
      const { headers: answer } = await auth.api.signOut({ headers, returnHeaders: true });
      return answer.getSetCookie();
    },
  };
}

let decoy: Promise<string> | null = null;

/** What an unknown user's password is compared with, so that the answer takes as long. */
function decoyHash(): Promise<string> {
  decoy ??= hashPassword('nobody has this password');
  return decoy;
}

function makeAuth(options: AuthOptions) {
  const times = { createdAt: 'created_at', updatedAt: 'updated_at' };
  return betterAuth({
    database: options.pool,
    baseURL: options.publicUrl,
    secret: Buffer.from(hkdfSync('sha256', options.secretKey, 'spread-tracker', 'session', 32)).toString('base64url'),
    telemetry: { enabled: false },
    logger: { disabled: true },
    rateLimit: { enabled: false },
    user: { modelName: 'app_user', fields: { ...times, emailVerified: 'email_verified' } },
    session: {
      modelName: 'user_session',
      fields: {
        ...times,
        userId: 'user_id',
        expiresAt: 'expires_at',
        ipAddress: 'ip_address',
        userAgent: 'user_agent',
      },
      expiresIn: 14 * dayS,
      updateAge: dayS,
    },
    account: {
      modelName: 'user_account',
      fields: {
        ...times,
        userId: 'user_id',
        accountId: 'account_id',
        providerId: 'provider_id',
        accessToken: 'access_token',
        refreshToken: 'refresh_token',
        idToken: 'id_token',
        accessTokenExpiresAt: 'access_token_expires_at',
        refreshTokenExpiresAt: 'refresh_token_expires_at',
      },
    },
    verification: { modelName: 'user_verification', fields: { ...times, expiresAt: 'expires_at' } },
    advanced: {
      useSecureCookies: options.publicUrl.startsWith('https:'),
      cookiePrefix: 'spread',
      disableOriginCheck: true,
      ipAddress: { disableIpTracking: true },
    },
    plugins: [sessionOpener],
  });
}

const opening: { readonly body: { readonly userId: string } } = { body: { userId: '' } };

/** better-auth's own e-mail sign-in refuses addresses such as admin@localhost; who it is has been proved before this is called. */
const sessionOpener = {
  id: 'session-opener',
  endpoints: {
    openSession: createAuthEndpoint('/open-session', { method: 'POST', metadata: { $Infer: opening } }, async (ctx) => {
      const user = await ctx.context.internalAdapter.findUserById(ctx.body.userId);
      if (user === null) throw new APIError('UNAUTHORIZED');
      const session = await ctx.context.internalAdapter.createSession(user.id);
      if (session === null) throw new APIError('UNAUTHORIZED');
      await setSessionCookie(ctx, { session, user });
      return { id: user.id, email: user.email, name: user.name, sessionId: session.id };
    }),
  },
};
