import { Type } from '@sinclair/typebox';
import type { FastifyReply } from 'fastify';
import { Challenge, Me, SignInBody, SignInCodeBody, SignInLinkBody } from '#contract/session.ts';
import type { Challenged, SignedIn } from '#store/auth.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, headersOf } from './desk.ts';
import { addressLimit, emailIn, personLimit, tooMany, welcome } from './welcome.ts';

/** Sign-in by password or one-time link, its second step, sign-out, and who speaks. Guesses are limited per address and per account. */
export function sessionRoutes(app: DeskApp, desk: Desk): void {
  const isAddressOver = addressLimit(app);
  const isAccountOver = personLimit(app, emailIn);
  const answers = { 200: Me, 202: Challenge };

  app.post('/api/sign-in', { schema: { body: SignInBody, response: answers } }, async (request, reply) => {
    if ((await isAddressOver(request)) || (await isAccountOver(request))) return tooMany(reply);
    const { email, password } = request.body;
    const signedIn = await desk.auth.signInWithPassword(email, password, headersOf(request));
    if (signedIn === null) return sendError(reply, 401, 'session.wrong', 'Wrong e-mail address or password.');
    return enter(reply, signedIn);
  });

  app.post('/api/sign-in/link', { schema: { body: SignInLinkBody, response: answers } }, async (request, reply) => {
    if (await isAddressOver(request)) return tooMany(reply);
    const signedIn = await desk.auth.signInWithLink(request.body.token, headersOf(request));
    if (signedIn === null) return sendError(reply, 401, 'link.used', 'This link was used or has expired.');
    return enter(reply, signedIn);
  });

  app.post('/api/sign-in/code', { schema: { body: SignInCodeBody, response: { 200: Me } } }, async (request, reply) => {
    if (await isAddressOver(request)) return tooMany(reply);
    const { challenge, code } = request.body;
    const answer = await desk.auth.signInWithCode(challenge, code, headersOf(request));
    if (answer === 'over') return sendError(reply, 401, 'code.over', 'Too late: sign in again.');
    if (answer === 'locked')
      return sendError(reply, 429, 'code.locked', 'Too many wrong codes; wait a quarter of an hour.');
    if (answer === 'wrong') return sendError(reply, 401, 'code.wrong', 'This code is not right, or was used already.');
    return welcome(desk, reply, answer);
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
    return session === null ? reply.code(204).send(null) : welcome(desk, reply, session);
  });

  function enter(reply: FastifyReply, answer: SignedIn | Challenged): Promise<Me> | FastifyReply {
    return 'challenge' in answer ? reply.code(202).send({ challenge: answer.challenge }) : welcome(desk, reply, answer);
  }
}
