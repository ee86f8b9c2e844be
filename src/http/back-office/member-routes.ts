import { Type } from '@sinclair/typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { AlarmsBody } from '#contract/account.ts';
import { InviteBody, MemberList, RoleBody } from '#contract/members.ts';
import { emailNormal } from '#domain/email.ts';
import { appliedChannel } from '#intake/settle.ts';
import { findUser } from '#store/auth-user.ts';
import { type Inviter, invite, mostInvitations, resendInvitation, withdrawInvitation } from '#store/invitation.ts';
import { changeRole, type MemberAnswer, removeMember, saveAlarms } from '#store/member.ts';
import { notifyShop } from '#store/notify.ts';
import { listMembers } from '#views/member-list.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, ShopParams, sendNotFound, shopOf, userOf } from './desk.ts';
import { noteAct } from './note.ts';
import { placeOfLinks } from './welcome.ts';

const base = '/api/shops/:shopId/members';
const invitations = '/api/shops/:shopId/invitations/:invitationId';
const MemberParams = Type.Object({ ...ShopParams.properties, userId: Type.String({ minLength: 1, maxLength: 64 }) });
const InvitationParams = Type.Object({
  ...ShopParams.properties,
  invitationId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
});
const Done = { 204: Type.Null() };
/** A mail leaves for each: nobody's letter box is flooded from here. */
const mailLimit = { rateLimit: { max: 30, timeWindow: 10 * 60_000 } };

/** The people of a shop: who they are, what they may do, whom they invite. */
export function memberRoutes(app: DeskApp, desk: Desk): void {
  const { pool, keys, now } = desk;
  const inviterOf = (request: FastifyRequest): Inviter => {
    const { id, name } = userOf(request);
    return { id, name, publicUrl: placeOfLinks(desk, request) };
  };

  app.get(base, { schema: { params: ShopParams, response: { 200: MemberList } } }, (request) =>
    listMembers(desk.db, shopOf(request)),
  );

  app.post(
    `${base}/invite`,
    { config: mailLimit, schema: { params: ShopParams, body: InviteBody, response: Done } },
    async (request, reply) => {
      const { role, lang } = request.body;
      const email = emailNormal(request.body.email);
      if (email === null) return sendError(reply, 400, 'email.invalid', 'This is no e-mail address.', 'email');
      const answer = await invite(pool, keys, shopOf(request), { email, role, lang }, inviterOf(request), now());
      if (answer === 'already_member')
        return sendError(reply, 409, 'member.already', 'This address belongs to somebody of the shop.', 'email');
      if (answer === 'too_many')
        return sendError(reply, 409, 'member.too_many', `A shop has at most ${mostInvitations} open invitations.`);
      await noteAct(desk, request, 'member.invite', { detail: { email, role } });
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${base}/:userId/role`,
    { schema: { params: MemberParams, body: RoleBody, response: Done } },
    async (request, reply) => {
      const { userId } = request.params;
      const { role } = request.body;
      const answer = await changeRole(pool, shopOf(request), userId, role);
      if (answer !== 'done') return refuse(reply, answer);
      await noteAct(desk, request, 'member.role', { detail: { email: await emailOf(userId), role } });
      await wakeStreams(request);
      return reply.code(204).send(null);
    },
  );

  app.post(`${base}/:userId/remove`, { schema: { params: MemberParams, response: Done } }, async (request, reply) => {
    const { userId } = request.params;
    const answer = await removeMember(pool, shopOf(request), userId);
    if (answer !== 'done') return refuse(reply, answer);
    await noteAct(desk, request, 'member.remove', { detail: { email: await emailOf(userId) } });
    await wakeStreams(request);
    return reply.code(204).send(null);
  });

  app.post(
    `${invitations}/resend`,
    { config: mailLimit, schema: { params: InvitationParams, response: Done } },
    async (request, reply) => {
      const { invitationId } = request.params;
      const sent = await resendInvitation(pool, keys, shopOf(request), invitationId, inviterOf(request), now());
      if (sent === null) return sendNotFound(reply);
      await noteAct(desk, request, 'member.resend', { detail: { email: sent.email, role: sent.role } });
      return reply.code(204).send(null);
    },
  );

  app.post(
    `${invitations}/withdraw`,
    { schema: { params: InvitationParams, response: Done } },
    async (request, reply) => {
      const gone = await withdrawInvitation(pool, shopOf(request), request.params.invitationId);
      if (gone === null) return sendNotFound(reply);
      await noteAct(desk, request, 'member.withdraw', { detail: { email: gone.email } });
      return reply.code(204).send(null);
    },
  );

  // Everybody for themselves.
  app.post(
    '/api/shops/:shopId/alarms',
    { schema: { params: ShopParams, body: AlarmsBody, response: Done } },
    async (request, reply) => {
      await saveAlarms(pool, shopOf(request), userOf(request).id, request.body.alarms);
      await noteAct(desk, request, 'member.alarms', { detail: { alarms: request.body.alarms } });
      return reply.code(204).send(null);
    },
  );

  /** Streams that stand open look again, and find that they may not. */
  function wakeStreams(request: FastifyRequest): Promise<void> {
    return notifyShop(pool, appliedChannel, shopOf(request));
  }

  async function emailOf(userId: string): Promise<string | null> {
    return (await findUser(pool, userId))?.email ?? null;
  }
}

function refuse(reply: FastifyReply, answer: Exclude<MemberAnswer, 'done'>): FastifyReply {
  return answer === 'not_found'
    ? sendNotFound(reply)
    : sendError(
        reply,
        409,
        'member.last_administrator',
        'A shop keeps at least one administrator: make another one first.',
      );
}
