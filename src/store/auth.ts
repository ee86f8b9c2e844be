/** Sessions of the back office, by better-auth over the pool. Only what `http/back-office` offers is reachable: its own routes are not mounted. */
import { hkdfSync } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import { betterAuth } from 'better-auth';
import { APIError, createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import type { Pool } from 'pg';
import type { Instant } from '#domain/facts.ts';
import { useSignInLink } from './auth-link.ts';
import { findCredential, hashPassword } from './auth-user.ts';

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
  /** `set-cookie` values for the answer. */
  readonly cookies: readonly string[];
}

export interface Auth {
  /** null: no such user, or not their password; both take as long. */
  signInWithPassword(email: string, password: string, headers: Headers): Promise<SignedIn | null>;
  /** null: the link is unknown, used or over. */
  signInWithLink(token: string, headers: Headers): Promise<SignedIn | null>;
  /** Who speaks, by the request's cookie. */
  findSession(headers: Headers): Promise<SignedIn | null>;
  signOut(headers: Headers): Promise<readonly string[]>;
}

const dayS = 86_400;

export function openAuth(options: AuthOptions): Auth {
  const now = options.now ?? Date.now;
  const auth = makeAuth(options);
  const open = async (userId: string, headers: Headers): Promise<SignedIn> => {
    const { headers: answer, response } = await auth.api.openSession({
      body: { userId },
      headers,
      returnHeaders: true,
    });
    return { user: response, cookies: answer.getSetCookie() };
  };
  return {
    async signInWithPassword(email, password, headers) {
      const credential = await findCredential(options.pool, email);
      const matches = await verify(credential?.passwordHash ?? (await decoyHash()), password).catch(() => false);
      if (credential === null || credential.passwordHash === null || !matches) return null;
      return open(credential.userId, headers);
    },
    async signInWithLink(token, headers) {
      const userId = await useSignInLink(options.pool, token, now());
      return userId === null ? null : open(userId, headers);
    },
    async findSession(headers) {
      const { headers: answer, response } = await auth.api.getSession({ headers, returnHeaders: true });
      if (response === null) return null;
      const { id, email, name } = response.user;
      return { user: { id, email, name }, cookies: answer.getSetCookie() };
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
      return { id: user.id, email: user.email, name: user.name };
    }),
  },
};
