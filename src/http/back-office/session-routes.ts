import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { Me, SignInBody, SignInLinkBody } from '#contract/session.ts';
import type { SignedIn } from '#store/auth.ts';
import { isInstanceAdmin, listShopsOf } from '#views/shop-list.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, headersOf } from './desk.ts';

const windowMs = 5 * 60_000;
const perAddress = 60;
const perAccount = 10;

/** Sign-in by password or one-time link, sign-out, and who speaks. Guesses are limited per address and per account. */
export function sessionRoutes(app: DeskApp, desk: Desk): void {
  const limitAddress = app.createRateLimit({ max: perAddress, timeWindow: windowMs });
  const limitAccount = app.createRateLimit({
    max: perAccount,
    timeWindow: windowMs,
    keyGenerator: (request) => {
      const { body } = request;
      return typeof body === 'object' && body !== null && 'email' in body
        ? `account ${body.email}`.toLowerCase()
        : 'none';
    },
  });

  app.post('/api/sign-in', { schema: { body: SignInBody, response: { 200: Me } } }, async (request, reply) => {
    if (isOver(await limitAddress(request)) || isOver(await limitAccount(request))) return tooMany(reply);
    const { email, password } = request.body;
    const signedIn = await desk.auth.signInWithPassword(email, password, headersOf(request));
    if (signedIn === null) return sendError(reply, 401, 'session.wrong', 'Wrong e-mail address or password.');
    return welcome(reply, signedIn);
  });

  app.post('/api/sign-in/link', { schema: { body: SignInLinkBody, response: { 200: Me } } }, async (request, reply) => {
    if (isOver(await limitAddress(request))) return tooMany(reply);
    const signedIn = await desk.auth.signInWithLink(request.body.token, headersOf(request));
    if (signedIn === null) return sendError(reply, 401, 'link.used', 'This link was used or has expired.');
    return welcome(reply, signedIn);
  });

  app.post('/api/sign-out', async (request, reply) => {
    const cookies = await desk.auth.signOut(headersOf(request));
    return reply
      .header('set-cookie', [...cookies])
      .code(204)
      .send();
  });

  // Asked by every page before it knows whether somebody is signed in: nobody is no error.
  app.get('/api/me', { schema: { response: { 200: Me, 204: Type.Null() } } }, async (request, reply) => {
    const session = await desk.auth.findSession(headersOf(request));
    return session === null ? reply.code(204).send(null) : welcome(reply, session);
  });

  async function welcome(reply: FastifyReply, { user, cookies }: SignedIn): Promise<Me> {
    if (cookies.length > 0) reply.header('set-cookie', [...cookies]);
    const [shops, instanceAdmin] = await Promise.all([
      listShopsOf(desk.db, user.id),
      isInstanceAdmin(desk.db, user.id),
    ]);
    return { user: { ...user, instanceAdmin }, shops };
  }
}

type Limit = Awaited<ReturnType<ReturnType<DeskApp['createRateLimit']>>>;

/** `isAllowed` is the library's word for callers it does not count. */
function isOver(limit: Limit): boolean {
  return !limit.isAllowed && limit.isExceeded;
}

function tooMany(reply: FastifyReply): FastifyReply {
  reply.header('retry-after', String(windowMs / 1000));
  return sendError(reply, 429, 'too_many', 'Too many attempts; wait a few minutes.');
}
