import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AccountBody,
  AccountPage,
  BackupCodes,
  BeginFactorBody,
  CodeBody,
  EndSessionBody,
  FactorSecret,
  PasswordBody,
} from '#contract/account.ts';
import type { AuditAct } from '#domain/audit.ts';
import { appendAudit } from '#store/audit.ts';
import { endLinks } from '#store/auth-link.ts';
import { endSessions, findCredential, findUser, savePassword, saveUser } from '#store/auth-user.ts';
import { inTransaction } from '#store/db.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  dropSecondFactor,
  makeBackupCodes,
  useSecondFactor,
} from '#store/second-factor.ts';
import { findAccount } from '#views/account.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, sessionOf, userOf } from './desk.ts';
import { mailChange } from './password-routes.ts';
import { personLimit, tooMany } from './welcome.ts';

const Done = { 204: Type.Null() };

/** Everybody's own account: name, language, password, second factor, sessions. */
export function accountRoutes(app: DeskApp, desk: Desk): void {
  const { pool, keys, now } = desk;
  const isOver = personLimit(app, (request) => `own ${userOf(request).id}`);
  const note = (request: FastifyRequest, action: AuditAct, detail: Record<string, string | number> = {}) =>
    appendAudit(pool, { shopId: null, userId: userOf(request).id, at: now(), action, detail });

  /** True when it is the person's password, or they have none; otherwise the answer is sent. */
  async function isPassword(request: FastifyRequest, reply: FastifyReply, typed: string | null): Promise<boolean> {
    if (await isOver(request)) {
      tooMany(reply);
      return false;
    }
    const { email } = userOf(request);
    const credential = await findCredential(pool, email);
    const right = credential?.passwordHash == null || (typed !== null && (await desk.auth.knowsPassword(email, typed)));
    if (!right) sendError(reply, 400, 'password.wrong', 'This is not your password.', 'password');
    return right;
  }

  app.get('/api/account', { schema: { response: { 200: AccountPage } } }, (request) =>
    findAccount(desk.db, userOf(request).id, sessionOf(request)),
  );

  app.post('/api/account', { schema: { body: AccountBody, response: Done } }, async (request, reply) => {
    const { name, lang } = request.body;
    await saveUser(pool, userOf(request).id, { name: name.trim() || userOf(request).email, lang });
    await note(request, 'account.change');
    return reply.code(204).send(null);
  });

  app.post('/api/account/password', { schema: { body: PasswordBody, response: Done } }, async (request, reply) => {
    const { current, password } = request.body;
    if (!(await isPassword(request, reply, current))) return reply;
    const { id } = userOf(request);
    await inTransaction(pool, async (client) => {
      await savePassword(client, id, password);
      await endLinks(client, id, 'reset');
      await endSessions(client, id, { butNot: sessionOf(request) });
      const user = await findUser(client, id);
      if (user !== null) await mailChange(client, desk, user, 'password');
      await appendAudit(client, { shopId: null, userId: id, at: now(), action: 'account.password' });
    });
    return reply.code(204).send(null);
  });

  app.post(
    '/api/account/second-factor',
    { schema: { body: BeginFactorBody, response: { 200: FactorSecret } } },
    async (request, reply) => {
      if (!(await isPassword(request, reply, request.body.password))) return reply;
      const begun = await beginSecondFactor(pool, keys, userOf(request), now());
      return begun ?? sendError(reply, 409, 'second_factor.on', 'The second step is on already.');
    },
  );

  app.post(
    '/api/account/second-factor/confirm',
    { schema: { body: CodeBody, response: { 200: BackupCodes } } },
    async (request, reply) => {
      if (await isOver(request)) return tooMany(reply);
      const { id } = userOf(request);
      const codes = await confirmSecondFactor(pool, keys, id, request.body.code, now());
      if (codes === null) return sendError(reply, 400, 'code.wrong', 'This code is not right.', 'code');
      const user = await findUser(pool, id);
      if (user !== null) await mailChange(pool, desk, user, 'second_factor_on');
      await note(request, 'account.second_factor_on');
      return { codes: [...codes] };
    },
  );

  app.post(
    '/api/account/second-factor/codes',
    { schema: { body: CodeBody, response: { 200: BackupCodes } } },
    async (request, reply) => {
      if (!(await isCode(request, reply, request.body.code))) return reply;
      const codes = await makeBackupCodes(pool, keys, userOf(request).id);
      await note(request, 'account.backup_codes');
      return { codes: [...codes] };
    },
  );

  app.post('/api/account/second-factor/off', { schema: { body: CodeBody, response: Done } }, async (request, reply) => {
    if (!(await isCode(request, reply, request.body.code))) return reply;
    const { id } = userOf(request);
    await inTransaction(pool, async (client) => {
      await dropSecondFactor(client, id);
      const user = await findUser(client, id);
      if (user !== null) await mailChange(client, desk, user, 'second_factor_off');
      await appendAudit(client, { shopId: null, userId: id, at: now(), action: 'account.second_factor_off' });
    });
    return reply.code(204).send(null);
  });

  /** One session, or all but this one. */
  app.post(
    '/api/account/sessions/end',
    { schema: { body: EndSessionBody, response: Done } },
    async (request, reply) => {
      const { sessionId } = request.body;
      const which = sessionId === null ? { butNot: sessionOf(request) } : { only: sessionId };
      const ended = await endSessions(pool, userOf(request).id, which);
      if (ended > 0) await note(request, 'account.sessions', { ended });
      return reply.code(204).send(null);
    },
  );

  async function isCode(request: FastifyRequest, reply: FastifyReply, code: string): Promise<boolean> {
    if (await isOver(request)) {
      tooMany(reply);
      return false;
    }
    const answer = await useSecondFactor(pool, keys, userOf(request).id, code, now());
    if (answer === 'locked') sendError(reply, 429, 'code.locked', 'Too many wrong codes; wait a quarter of an hour.');
    if (answer === 'wrong') sendError(reply, 400, 'code.wrong', 'This code is not right, or was used already.', 'code');
    return answer === 'right';
  }
}
