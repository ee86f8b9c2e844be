import { Type } from '@sinclair/typebox';
import type { FastifyRequest } from 'fastify';
import { ForgottenBody, ResetBody } from '#contract/session.ts';
import { emailNormal } from '#domain/email.ts';
import { appendAudit } from '#store/audit.ts';
import { createSignInToken, endLinks, useSignInLink } from '#store/auth-link.ts';
import { endSessions, findUser, savePassword, type User } from '#store/auth-user.ts';
import { inTransaction } from '#store/db.ts';
import { queueMail } from '#store/outbox.ts';
import { faultOf, sendError } from '../errors.ts';
import type { Desk, DeskApp } from './desk.ts';
import { addressLimit, emailIn, personLimit, placeOfLinks, tooMany } from './welcome.ts';

const linkMinutes = 60;

/** A new password through a mailed link. Whether an address has an account is told to nobody, not by the time of the answer either. */
export function passwordRoutes(app: DeskApp, desk: Desk): void {
  const isAddressOver = addressLimit(app);
  const isAccountOver = personLimit(app, emailIn, 3);

  app.post(
    '/api/password/forgotten',
    { schema: { body: ForgottenBody, response: { 204: Type.Null() } } },
    async (request, reply) => {
      if ((await isAddressOver(request)) || (await isAccountOver(request))) return tooMany(reply);
      // The answer waits for nothing that depends on the address.
      reply.code(204).send(null);
      await mailReset(desk, request, request.body.email).catch((error) =>
        desk.log.error({ event: 'password.forgotten', ...faultOf(error) }),
      );
      return reply;
    },
  );

  app.post(
    '/api/password/reset',
    { schema: { body: ResetBody, response: { 204: Type.Null() } } },
    async (request, reply) => {
      if (await isAddressOver(request)) return tooMany(reply);
      const { token, password } = request.body;
      const now = desk.now();
      const userId = await inTransaction(desk.pool, async (client) => {
        const link = await useSignInLink(client, token, now, 'reset');
        if (link === null) return null;
        await savePassword(client, link.userId, password);
        await endLinks(client, link.userId, 'reset');
        // Whoever knew the old one is out.
        await endSessions(client, link.userId, { butNot: null });
        await appendAudit(client, { shopId: null, userId: link.userId, at: now, action: 'account.reset' });
        const user = await findUser(client, link.userId);
        if (user !== null) await mailChange(client, desk, user, 'password');
        return link.userId;
      });
      if (userId === null) return sendError(reply, 401, 'link.used', 'This link was used or has expired.');
      return reply.code(204).send(null);
    },
  );
}

async function mailReset(desk: Desk, request: FastifyRequest, text: string): Promise<void> {
  const email = emailNormal(text);
  const user = email === null ? null : await findUser(desk.pool, { email });
  if (user === null) return;
  const now = desk.now();
  await inTransaction(desk.pool, async (client) => {
    const token = await createSignInToken(client, user.id, now, linkMinutes * 60_000, { purpose: 'reset' });
    const url = `${placeOfLinks(desk, request)}/sign-in/reset#${token}`;
    const letter = { kind: 'password_reset', url, minutes: linkMinutes } as const;
    await queueMail(client, desk.keys, { shopId: null, to: user.email, lang: user.lang ?? 'fr', letter }, now);
    // Whoever asked is not known.
    const detail = { email: user.email };
    await appendAudit(client, { shopId: null, userId: null, at: now, action: 'account.forgotten', detail });
  });
}

/** Tells a person what changed on their account, so that they know when it was somebody else. */
export async function mailChange(
  client: Parameters<typeof queueMail>[0],
  desk: Desk,
  user: User,
  what: 'password' | 'second_factor_on' | 'second_factor_off',
): Promise<void> {
  const at = desk.now();
  const letter = { kind: 'account_changed', what, at } as const;
  await queueMail(client, desk.keys, { shopId: null, to: user.email, lang: user.lang ?? 'fr', letter }, at);
}
