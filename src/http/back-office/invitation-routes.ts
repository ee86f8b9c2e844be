import { AcceptBody, Invitation, InvitationBody } from '#contract/members.ts';
import { isRole } from '#contract/permissions.ts';
import { Me } from '#contract/session.ts';
import { appendAudit } from '#store/audit.ts';
import { createUser } from '#store/auth-user.ts';
import { inTransaction } from '#store/db.ts';
import { findInvitation, type OpenInvitation, takeInvitation } from '#store/invitation.ts';
import { sendError } from '../errors.ts';
import { type Desk, type DeskApp, headersOf } from './desk.ts';
import { addressLimit, tooMany, welcome } from './welcome.ts';

/** What the link of an invitation opens: it shows what it is about, and makes its reader a member. */
export function invitationRoutes(app: DeskApp, desk: Desk): void {
  const isAddressOver = addressLimit(app);
  const { pool, now } = desk;

  app.post(
    '/api/invitation',
    { schema: { body: InvitationBody, response: { 200: Invitation } } },
    async (request, reply) => {
      if (await isAddressOver(request)) return tooMany(reply);
      const found = await findInvitation(pool, request.body.token, now());
      if (found === null)
        return sendError(reply, 404, 'invitation.over', 'This invitation was used, withdrawn, or is over.');
      const session = await desk.auth.findSession(headersOf(request));
      const { shop, inviter, role, email, until, userId } = found;
      const account: Invitation['account'] =
        userId === null ? 'new' : session?.user.id === userId ? 'here' : 'elsewhere';
      return { shop, inviter, role: isRole(role) ? role : 'support', email, until, account };
    },
  );

  app.post(
    '/api/invitation/accept',
    { schema: { body: AcceptBody, response: { 200: Me } } },
    async (request, reply) => {
      if (await isAddressOver(request)) return tooMany(reply);
      const { token, name = '', password, lang } = request.body;
      const found = await findInvitation(pool, token, now());
      if (found === null)
        return sendError(reply, 404, 'invitation.over', 'This invitation was used, withdrawn, or is over.');
      const session = await desk.auth.findSession(headersOf(request));
      if (found.userId !== null) {
        if (session === null || session.user.id !== found.userId)
          return sendError(reply, 401, 'session.other', 'Sign in with the account of the invited address first.');
        if (!(await join(found, token, found.userId)))
          return sendError(reply, 404, 'invitation.over', 'This invitation was used, withdrawn, or is over.');
        return welcome(desk, reply, session);
      }
      if (password === undefined || name.trim() === '')
        return sendError(reply, 400, 'account.incomplete', 'Give a name, and a password of at least 12 characters.');
      const userId = await inTransaction(pool, async (client) => {
        const account = { email: found.email, name: name.trim(), lang: lang ?? found.lang, password };
        const made = await createUser(client, account);
        if (made === null || !(await takeInvitation(client, found, token, made))) throw new Taken();
        await appendAudit(client, noteOf(found, made));
        return made;
      }).catch((error) => {
        if (error instanceof Taken) return null;
        throw error;
      });
      if (userId === null)
        return sendError(reply, 404, 'invitation.over', 'This invitation was used, withdrawn, or is over.');
      return welcome(desk, reply, await desk.auth.openSession(userId, headersOf(request)));
    },
  );

  function join(found: OpenInvitation, token: string, userId: string): Promise<boolean> {
    return inTransaction(pool, async (client) => {
      const taken = await takeInvitation(client, found, token, userId);
      if (taken) await appendAudit(client, noteOf(found, userId));
      return taken;
    });
  }

  function noteOf({ shopId, role }: OpenInvitation, userId: string) {
    return { shopId, userId, at: now(), action: 'member.join', detail: { role } } as const;
  }
}

/** Somebody else was faster: nothing of this was done. */
class Taken extends Error {}
